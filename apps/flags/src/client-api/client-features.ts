import type { Toggle } from '../toggles/toggle';
import { etagOf } from './etag';

export interface FeatureQuery {
  readonly namePrefix?: string;
}

export interface ClientFeatures {
  readonly etag: string;
  readonly body: string;
}

/** Everything Unleash keeps per environment is in this one. */
const PROJECT = 'default';
const ENVIRONMENT = 'default';

/** The answer of Unleash's `/api/client/features`, version 2 (https://docs.getunleash.io/api/get-all-client-features). */
export function clientFeatures(toggles: readonly Toggle[], query: FeatureQuery): ClientFeatures {
  const content = {
    version: 2,
    features: toggles.map(({ name, enabled }) => ({
      name,
      type: 'release',
      enabled,
      stale: false,
      impressionData: false,
      project: PROJECT,
      strategies: [{ name: 'default', parameters: {} }],
      variants: [],
    })),
    query: { ...query, environment: ENVIRONMENT, inlineSegmentConstraints: true },
  };
  const etag = etagOf(JSON.stringify(content));
  return { etag, body: JSON.stringify({ ...content, meta: { etag } }) };
}
