/** A server slot of the backend. */
export interface ServerSlot {
  readonly name: string;
  /** `host:port`, of a slot in use. */
  readonly address: string;
  /** Out of use: in maintenance. */
  readonly isFree: boolean;
  readonly isUp: boolean;
}

/** A map: its number for the runtime socket, and what is in it. */
export interface RuntimeMap {
  readonly id: string;
  readonly entries: ReadonlyMap<string, string>;
}

/** https://docs.haproxy.org/2.6/management.html#9.3-show%20servers%20state */
export function serversOf(answer: string, backend: string): ServerSlot[] {
  const [header = '', ...lines] = answer.split('\n').filter((line) => line.trim() !== '' && line !== '1');
  const names = header.replace(/^# /, '').split(' ');
  return lines.flatMap((line) => {
    const values = line.split(' ');
    const value = (name: string): string => values[names.indexOf(name)] ?? '';
    if (value('be_name') !== backend) return [];
    return {
      name: value('srv_name'),
      address: `${value('srv_addr')}:${value('srv_port')}`,
      isFree: (Number(value('srv_admin_state')) & FORCED_MAINTENANCE) !== 0,
      isUp: Number(value('srv_op_state')) === RUNNING,
    };
  });
}

/** SRV_ADMF_FMAINT: by the socket. SRV_ADMF_CMAINT, by the word `disabled`, stays for good. */
const FORCED_MAINTENANCE = 0x01;
/** SRV_ST_RUNNING */
const RUNNING = 2;

/** `show map` lists them with their files. */
export function mapIdOf(answer: string, file: string): string {
  for (const line of answer.split('\n')) {
    const [, id, path] = /^(\d+) \(([^)]*)\)/.exec(line) ?? [];
    if (id !== undefined && (path === file || path?.endsWith(`/${file}`))) return id;
  }
  throw new Error(`HAProxy has no map ${file}: deploy/haproxy/haproxy.cfg names the three that are needed`);
}

/** `show map #<id>`: reference, key and value by line. */
export function entriesOf(answer: string): Map<string, string> {
  const lines = answer.split('\n').flatMap((line) => /^0x[0-9a-f]+ (\S+) ?(.*)$/.exec(line) ?? []);
  const entries = new Map<string, string>();
  for (let index = 0; index + 2 < lines.length; index += 3) entries.set(lines[index + 1]!, lines[index + 2]!);
  return entries;
}
