import type { Container, Stack } from '../stack';

const PROBE = 'id -u; if touch /usr/.written 2>/dev/null; then echo writable; fi';

/** What is wrong with these containers: root in them, or a root file system that can be written. */
export async function unhardened(
  stack: Stack,
  containers: ReadonlyMap<string, Container>,
): Promise<string[]> {
  const faults: string[] = [];
  for (const [service, container] of containers) {
    const [user, written] = (await stack.shell(container, PROBE)).trim().split('\n');
    if (user === '0') faults.push(`${service} runs as root`);
    if (written || !container.HostConfig.ReadonlyRootfs) faults.push(`${service} can write to its root`);
  }
  return faults;
}
