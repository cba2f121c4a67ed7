/** The `default` of a switch that covers its whole union; compiles only while it does. */
export function exhausted(value: never): never {
  throw new Error(`Unknown case: ${JSON.stringify(value)}`);
}
