import { Timestamp } from '@croupier/contracts';
import { z } from 'zod';
import { invalidCursor } from './archive-problems';

const Cursor = z.tuple([Timestamp, z.uuid()]);

export interface Position {
  /** RFC 3339, in microseconds. */
  readonly receivedAt: string;
  readonly id: string;
}

/** Where a page ended, opaque to whoever asks for the next one. */
export function cursorOf(receivedAt: string, id: string): string {
  return Buffer.from(JSON.stringify([receivedAt, id])).toString('base64url');
}

/** @throws ProblemException */
export function readCursor(text: string): Position {
  const parsed = Cursor.safeParse(jsonIn(text));
  if (!parsed.success) throw invalidCursor();
  const [receivedAt, id] = parsed.data;
  return { receivedAt, id };
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString());
  } catch {
    return undefined;
  }
}
