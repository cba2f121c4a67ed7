import { readSecrets } from './local-secrets';

/** `CROUPIER_TOKEN`, an API token or one of the identity provider; else `OPERATOR_TOKEN`, or a local installation's. */
export async function findToken(state: string): Promise<string | undefined> {
  return (
    process.env['CROUPIER_TOKEN'] ??
    process.env['OPERATOR_TOKEN'] ??
    (await readSecrets(state))?.OPERATOR_TOKEN
  );
}

/** @throws when there is none */
export async function operatorTokenOf({ state }: { readonly state: string }): Promise<string> {
  const token = await findToken(state);
  if (!token) throw new Error('Set CROUPIER_TOKEN, or name the state folder of `croupier up` with --state.');
  return token;
}
