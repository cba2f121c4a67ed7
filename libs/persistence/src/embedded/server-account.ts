import { readFile } from 'node:fs/promises';

/** The user PostgreSQL runs as. `undefined`: the user we are. */
export type ServerAccount = { readonly uid: number; readonly gid: number } | undefined;

/** PostgreSQL refuses to run as root, so root runs it as `nobody`. */
export async function serverAccount(): Promise<ServerAccount> {
  if (process.getuid?.() !== 0) return undefined;
  return nobodyIn(await readFile('/etc/passwd', 'utf8'));
}

/** passwd(5): name:password:uid:gid:... macOS writes nobody's ids as negative numbers. */
export function nobodyIn(passwd: string): { uid: number; gid: number } {
  const fields = /^nobody:[^:]*:(-?\d+):(-?\d+):/m.exec(passwd);
  if (!fields) {
    throw new Error(
      'PostgreSQL refuses to run as root and /etc/passwd has no user nobody. Run as another user, or set DATABASE_URL.',
    );
  }
  return { uid: Number(fields[1]) >>> 0, gid: Number(fields[2]) >>> 0 };
}
