import { refusalOf } from './call';

const LONGEST_MS = 300_000;

/** Saves an answer as a file, byte by byte. @throws Refusal */
export async function download(token: string, path: string, name: string): Promise<void> {
  const answer = await fetch(path, {
    headers: { authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(LONGEST_MS),
  });
  if (!answer.ok) throw refusalOf(await answer.text(), answer.status);
  const url = URL.createObjectURL(await answer.blob());
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
