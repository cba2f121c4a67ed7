import type { z } from 'zod';
import { TargetFault } from '../target-fault';

/** A vendor's answer in JSON. One that is not as documented says nothing about what was done, so it is asked again. */
export function answerOf<Schema extends z.ZodType>(schema: Schema, body: Buffer): z.infer<Schema> {
  const parsed = schema.safeParse(parsedJson(body));
  if (parsed.success) return parsed.data;
  throw new TargetFault(`the answer is not as documented: ${body.toString('utf8').slice(0, 200)}`, true);
}

function parsedJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
