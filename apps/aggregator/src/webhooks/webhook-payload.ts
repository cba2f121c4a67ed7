import { malformedJson } from '@croupier/service-kit';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** @throws ProblemException */
export function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(utf8.decode(body));
  } catch (error) {
    throw malformedJson((error as Error).message);
  }
}
