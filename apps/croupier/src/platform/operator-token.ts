import { readSecrets } from './local-secrets';

/** `OPERATOR_TOKEN`, or that of a local installation. */
export async function operatorTokenOf({ state }: { readonly state: string }): Promise<string> {
  const token = process.env['OPERATOR_TOKEN'] ?? (await readSecrets(state))?.OPERATOR_TOKEN;
  if (!token)
    throw new Error(`Set OPERATOR_TOKEN, or name the state folder of \`croupier up\` with --state.`);
  return token;
}
