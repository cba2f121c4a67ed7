import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface PodmanSettings {
  readonly socket: string;
  readonly env: Readonly<Record<string, string>>;
}

const CONTAINERS = `[containers]
default_ulimits = []
log_driver = "k8s-file"
[network]
network_backend = "netavark"
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
`;

const storage = (state: string): string => `[storage]
driver = "overlay"
graphroot = "${join(state, 'graph')}"
runroot = "${join(state, 'runroot')}"
`;

/** Names mean what they do to Docker, and are never asked of a registry that nobody named. */
const REGISTRIES = `unqualified-search-registries = ["docker.io"]
short-name-mode = "disabled"
`;

/** A podman of our own: its images and containers are in this folder, and it needs neither systemd nor crun. */
export async function podmanSettings(state: string): Promise<PodmanSettings> {
  const files = {
    CONTAINERS_CONF: ['containers.conf', CONTAINERS],
    CONTAINERS_STORAGE_CONF: ['storage.conf', storage(state)],
    CONTAINERS_REGISTRIES_CONF: ['registries.conf', REGISTRIES],
  } as const;
  await mkdir(state, { recursive: true });
  const env: Record<string, string> = {};
  for (const [variable, [name, text]] of Object.entries(files)) {
    env[variable] = join(state, name);
    await writeFile(join(state, name), text);
  }
  const socket = `unix://${join(state, 'podman.sock')}`;
  return { socket, env: { ...env, DOCKER_HOST: socket } };
}
