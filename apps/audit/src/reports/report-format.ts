import type { ServiceReportFormat } from '@croupier/contracts';
import { ProblemException } from '@croupier/service-kit';

/** In the order of preference where a client has none. */
export const MEDIA_TYPES: Readonly<Record<ServiceReportFormat, string>> = {
  json: 'application/json',
  csv: 'text/csv',
  pdf: 'application/pdf',
};

/** What `Accept` prefers (RFC 9110, section 12.5.1). */
export function acceptedFormat(accept = '*/*'): ServiceReportFormat {
  const ranges = rangesOf(accept);
  const [best] = (Object.keys(MEDIA_TYPES) as ServiceReportFormat[])
    .map((format) => ({ format, quality: qualityOf(MEDIA_TYPES[format], ranges) }))
    .sort((a, b) => b.quality - a.quality);
  if (best && best.quality > 0) return best.format;
  throw new ProblemException({
    slug: 'not-acceptable',
    status: 406,
    title: 'There is no such format',
    detail: `The report is ${Object.values(MEDIA_TYPES).join(', ')}; Accept allows none of them.`,
    remedy: 'Ask with Accept for one of them, or with ?format=json, csv or pdf.',
    errors: [{ field: 'accept', detail: 'allows none of the formats' }],
  });
}

interface MediaRange {
  readonly type: string;
  readonly quality: number;
}

function rangesOf(accept: string): MediaRange[] {
  return accept.split(',').map((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const quality = Number(parameters.find((each) => each.startsWith('q='))?.slice(2) ?? 1);
    return { type, quality: Number.isFinite(quality) ? quality : 0 };
  });
}

/** The most specific range that a type is in decides. */
function qualityOf(type: string, ranges: readonly MediaRange[]): number {
  for (const range of [type, `${type.split('/')[0]}/*`, '*/*']) {
    const found = ranges.find((each) => each.type === range);
    if (found) return found.quality;
  }
  return 0;
}
