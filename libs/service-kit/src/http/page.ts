import { z } from 'zod';
import { invalidRequest } from '../problems/problem-of';

export const PageQuery = z.object({
  /** From the `next` of the page before. What is in it is nobody's business but the service's. */
  cursor: z.string().max(500).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export type PageQuery = z.infer<typeof PageQuery>;

export interface Page<T> {
  readonly items: T[];
  /** Path and query of the page that follows; null after the last. */
  readonly next: string | null;
}

export function pageSchema<Item extends z.ZodType>(
  item: Item,
): z.ZodObject<{ items: z.ZodArray<Item>; next: z.ZodNullable<z.ZodString> }> {
  return z.object({ items: z.array(item), next: z.string().nullable() });
}

/** What the cursor says, or null for the first page. A cursor that is none of ours is refused. */
export function positionOf<Position extends z.ZodType>(
  cursor: string | undefined,
  position: Position,
): z.infer<Position> | null {
  if (cursor === undefined) return null;
  const parsed = position.safeParse(decoded(cursor));
  if (parsed.success) return parsed.data;
  const message = 'is not the cursor of a page of this list';
  throw invalidRequest(new z.ZodError([{ code: 'custom', path: ['cursor'], message, input: cursor }]));
}

/**
 * @param rows - read with a limit of one more than the page has, in the order of their positions
 * @param url - of the request: the next page has its other parameters
 */
export function pageOf<T>(
  rows: readonly T[],
  { limit, url, positionOfRow }: { limit: number; url: string; positionOfRow: (row: T) => unknown },
): Page<T> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  if (rows.length <= limit || last === undefined) return { items, next: null };
  // Only path and query are kept: the origin is there to make it a URL.
  const next = new URL(url, 'http://localhost');
  next.searchParams.set('cursor', encoded(positionOfRow(last)));
  return { items, next: next.pathname + next.search };
}

function encoded(position: unknown): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

function decoded(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    return undefined;
  }
}
