import { z } from 'zod';
import type { JsonSchema } from './json-schema';
import { restRoleOf, type RestRole } from './rest-roles';

/** One contract, as its reader takes it and as its writer writes it: a default makes the two differ. */
export interface ContractShape {
  readonly role: 'event' | RestRole;
  readonly read: JsonSchema;
  readonly written: JsonSchema;
}

/** All that crosses a process in one release, by name; events by their type. */
export type ContractSnapshot = Readonly<Record<string, ContractShape>>;

/**
 * @param events the catalogue of events
 * @param exported what the library exports: schemas that are requests and answers by their name are taken
 */
export function snapshotOf(
  events: Readonly<Record<string, z.ZodType>>,
  exported: Readonly<Record<string, unknown>>,
): ContractSnapshot {
  const rest = Object.entries(exported).flatMap(([name, value]) => {
    const role = restRoleOf(name);
    return role !== null && value instanceof z.ZodType ? [[name, shapeOf(value, role)] as const] : [];
  });
  const types = Object.entries(events).map(([type, schema]) => [type, shapeOf(schema, 'event')] as const);
  const byName = [...types, ...rest].sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(byName);
}

/** One line a contract, so that a comparison of two files names the contracts that differ. */
export function serialize(snapshot: ContractSnapshot): string {
  const lines = Object.entries(snapshot).map(
    ([name, shape]) => `${JSON.stringify(name)}: ${JSON.stringify(shape)}`,
  );
  return `{\n${lines.join(',\n')}\n}\n`;
}

function shapeOf(schema: z.ZodType, role: ContractShape['role']): ContractShape {
  return { role, read: jsonSchemaOf(schema, 'input'), written: jsonSchemaOf(schema, 'output') };
}

function jsonSchemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest as JsonSchema;
}
