import { setTimeout as delay } from 'node:timers/promises';
import type { CacheSelector } from '@croupier/contracts';
import { sign } from 'aws4';
import type { CacheTarget, PurgeRun, ReadPaths } from '../cache-target';
import { inBatches } from '../http/batches';
import type { TargetHttp } from '../http/target-http';
import { TargetFault } from '../target-fault';
import type { CloudFrontSettings } from '../target-settings';
import { isUrl, pathOf } from '../urls';

/**
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/InvalidationLimits.html: 3,000 files in progress, and
 * 15 paths with a wildcard. A job has one invalidation in progress at a time.
 */
const FILES_LIMITS = { items: 3_000 };
const WILDCARD_LIMITS = { items: 15 };

/** CloudFront answers 400 for what passes by itself. */
const PASSING = new Set(['TooManyInvalidationsInProgress', 'Throttling', 'ThrottlingException']);

/** The invalidation API of a CloudFront distribution. It knows paths alone, with a wildcard at their end. */
export class CloudFrontTarget implements CacheTarget {
  readonly kind = 'cloudfront';
  readonly name: string;
  readonly reads: ReadPaths;

  constructor(
    private readonly settings: CloudFrontSettings,
    private readonly http: TargetHttp,
  ) {
    const { name, publicUrls, originUrl, originHeaders } = settings;
    this.name = name;
    this.reads = { through: publicUrls, origin: originUrl, originHeaders };
  }

  supports(selector: CacheSelector): boolean {
    switch (selector.kind) {
      case 'keys':
        return selector.keys.every(isUrl);
      case 'prefix':
        return isUrl(selector.prefix);
      case 'pattern':
        return isUrl(selector.pattern) && /^[^*?]*\*?$/.test(selector.pattern);
      case 'everything':
        return true;
      default:
        return false;
    }
  }

  async count(): Promise<null> {
    return null;
  }

  purge(selector: CacheSelector, run: PurgeRun): Promise<number | null> {
    const paths = pathsOf(selector);
    const limits = paths.some((path) => path.endsWith('*')) ? WILDCARD_LIMITS : FILES_LIMITS;
    return inBatches(paths, limits, run, async (batch, callerReference) => {
      await this.invalidate(batch, callerReference, run.signal);
      return null;
    });
  }

  /** Done when CloudFront says so. With the same caller reference it answers the invalidation that there is already. */
  private async invalidate(
    paths: readonly string[],
    callerReference: string,
    signal: AbortSignal,
  ): Promise<void> {
    const path = `/2020-05-31/distribution/${this.settings.distributionId}/invalidation`;
    let answer = await this.call('POST', path, requestOf(paths, callerReference), signal);
    while (answer.status !== 'Completed') {
      await delay(this.settings.pollEveryMs, undefined, { signal });
      answer = await this.call('GET', `${path}/${answer.id}`, null, signal);
    }
  }

  private async call(
    method: 'GET' | 'POST',
    path: string,
    body: string | null,
    signal: AbortSignal,
  ): Promise<{ id: string; status: string }> {
    const { apiUrl, accessKeyId, secretAccessKey, sessionToken } = this.settings;
    const { host } = new URL(apiUrl);
    const signed = sign(
      {
        service: 'cloudfront',
        region: 'us-east-1',
        method,
        host,
        path,
        ...(body === null ? {} : { body, headers: { 'content-type': 'application/xml' } }),
      },
      { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) },
    );
    const answer = await this.http.send({
      method,
      url: apiUrl + path,
      headers: headersOf(signed.headers),
      ...(body === null ? {} : { body }),
      accepted: [400],
      signal,
    });
    const text = answer.body.toString('utf8');
    if (answer.status === 400) {
      const code = valueOf(text, 'Code') ?? '400';
      throw new TargetFault(
        `CloudFront answered ${code}: ${valueOf(text, 'Message') ?? ''}`,
        PASSING.has(code),
      );
    }
    const id = valueOf(text, 'Id');
    const status = valueOf(text, 'Status');
    if (id === null || status === null)
      throw new TargetFault(`the answer is not as documented: ${text.slice(0, 200)}`, true);
    return { id, status };
  }
}

function pathsOf(selector: CacheSelector): string[] {
  switch (selector.kind) {
    case 'keys':
      return selector.keys.map(pathOf);
    case 'prefix':
      return [`${pathOf(selector.prefix)}*`];
    case 'pattern':
      return [pathOf(selector.pattern)];
    case 'everything':
      return ['/*'];
    default:
      throw new TargetFault(`CloudFront cannot purge by ${selector.kind}`, false);
  }
}

/** https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CreateInvalidation.html */
function requestOf(paths: readonly string[], callerReference: string): string {
  const items = paths.map((path) => `<Path>${escaped(path)}</Path>`).join('');
  return (
    '<?xml version="1.0" encoding="UTF-8"?>' +
    '<InvalidationBatch xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/">' +
    `<Paths><Quantity>${paths.length}</Quantity><Items>${items}</Items></Paths>` +
    `<CallerReference>${escaped(callerReference)}</CallerReference></InvalidationBatch>`
  );
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** The first element of that name: the answers have each of ours once before any other of its name. */
function valueOf(xml: string, element: string): string | null {
  const opening = `<${element}>`;
  const from = xml.indexOf(opening);
  const to = xml.indexOf(`</${element}>`, from);
  return from < 0 || to < 0 ? null : xml.slice(from + opening.length, to);
}

/** `host` and `content-length` are part of the signature; undici sets them itself, to the same. */
function headersOf(headers: NodeJS.Dict<number | string | string[]> | undefined): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers ?? {})
      .filter(([name]) => !/^(host|content-length)$/i.test(name))
      .map(([name, value]) => [name, String(value)]),
  );
}
