import { ProviderWebhook } from '@croupier/contracts';
import { invalidRequest, malformedJson } from '@croupier/service-kit';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** @throws ProblemException that names the field at fault */
export function parsePayload(body: Buffer): ProviderWebhook {
  const parsed = ProviderWebhook.safeParse(parseJson(body));
  if (!parsed.success) throw invalidRequest(parsed.error);
  return parsed.data;
}

/** @throws ProblemException */
export function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(utf8.decode(body));
  } catch (error) {
    throw malformedJson((error as Error).message);
  }
}
