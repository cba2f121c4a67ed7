import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Slug, type CloudEvent } from '@croupier/contracts';
import { activeTraceparent } from '@croupier/messaging';
import { TrustedProxies } from '../network/trusted-proxies';
import { secretsAt, type ProviderProfile } from '../providers/provider-profile';
import { ProviderProfiles } from '../providers/provider-profiles';
import type { Secret } from '../signatures/secret';
import type { RequestHeaders, SignatureScheme } from '../signatures/signature-scheme';
import { isWebhookId, webhookIdFault } from '../signatures/webhook-id-header';
import { announcementOf, type Announcement, type WebhookOrigin } from './announcement';
import type { Reading } from './received-webhook';
import {
  addressNotAllowed,
  missingHeaders,
  outsideWindow,
  providerPaused,
  signatureMismatch,
  tooManyWebhooks,
  unknownProvider,
} from './webhook-problems';

export interface IncomingWebhook {
  readonly provider: string;
  readonly headers: RequestHeaders;
  /** As it was sent, to the byte. */
  readonly body: Buffer;
  /** The other end of the connection: the provider or a proxy. */
  readonly peer: string;
}

/** Who sent it, and how its repeats are known. */
interface Identity {
  readonly webhookId: string;
  readonly contentSha256: Buffer | undefined;
}

/** Reads requests as their providers' settings say. Nothing is parsed before it is verified, and nothing is stored. */
@Injectable()
export class WebhookReader {
  constructor(
    private readonly profiles: ProviderProfiles,
    private readonly proxies: TrustedProxies,
  ) {}

  /** @throws ProblemException */
  async read(incoming: IncomingWebhook): Promise<Reading> {
    const { provider, headers, peer } = incoming;
    const profile = this.profiles.atHand(provider) ?? (await this.profileOf(provider));
    if (!profile) throw unknownProvider(provider);
    this.checkAddress(profile, this.proxies.clientOf(peer, headers['x-forwarded-for']));
    const nowMs = Date.now();
    const identity = verified(
      profile,
      this.believed(incoming, profile.scheme),
      secretsAt(profile, nowMs),
      nowMs,
    );
    // Only now: strangers learn nothing of the provider, and use up none of its rate.
    if (profile.paused) throw providerPaused(profile.paused.reason);
    const waitMs = profile.bucket?.take(performance.now()) ?? 0;
    if (waitMs > 0) throw tooManyWebhooks(waitMs);
    return readContent(profile, incoming, identity, new Date(nowMs));
  }

  private async profileOf(provider: string): Promise<ProviderProfile | undefined> {
    return Slug.safeParse(provider).success ? this.profiles.of(provider) : undefined;
  }

  private checkAddress({ allowedAddresses }: ProviderProfile, client: string): void {
    if (allowedAddresses && !allowedAddresses(client)) throw addressNotAllowed(client);
  }

  /** Without the headers that anybody but a trusted proxy could have made up. */
  private believed(incoming: IncomingWebhook, { proxyHeader }: SignatureScheme): IncomingWebhook {
    if (proxyHeader === undefined || this.proxies.trusts(incoming.peer)) return incoming;
    const { [proxyHeader]: _, ...headers } = incoming.headers;
    return { ...incoming, headers };
  }
}

/** @throws ProblemException */
export function verified(
  { scheme, settings, payload }: ProviderProfile,
  { body, headers }: Pick<IncomingWebhook, 'body' | 'headers'>,
  secrets: readonly Secret[],
  nowMs: number,
): Identity {
  const verdict = scheme.verify(body, headers, secrets, nowMs);
  switch (verdict.kind) {
    case 'malformed':
      throw missingHeaders(verdict.faults);
    case 'outside-window':
      throw outsideWindow(verdict.header, verdict.toleranceSeconds, nowMs);
    case 'mismatch':
      throw signatureMismatch(verdict.header, verdict.remedy);
    case 'verified': {
      if (verdict.signedId !== undefined) return { webhookId: verdict.signedId, contentSha256: undefined };
      const idHeader = settings.idHeader ?? scheme.customaryIdHeader ?? payload.customaryIdHeader;
      return identityByContent(
        body,
        idHeader === undefined ? undefined : { name: idHeader, value: headers[idHeader] },
      );
    }
  }
}

/** @throws ProblemException */
export async function readContent(
  profile: ProviderProfile,
  { body, headers }: Pick<IncomingWebhook, 'body' | 'headers'>,
  { webhookId, contentSha256 }: Identity,
  receivedAt: Date,
): Promise<Reading> {
  const read = profile.payload.read(body, receivedAt);
  const content = read instanceof Promise ? await read : read;
  if (content.kind === 'ignored') return { kind: 'ignored', webhookId, reason: content.reason };
  const { name: provider, eventTypes } = profile;
  const [first, ...rest] = content.announcements.filter(({ type }) => !eventTypes || eventTypes.has(type));
  if (!first) {
    const types = content.announcements.map(({ type }) => type);
    return { kind: 'ignored', webhookId, reason: `${types.join(', ')} is not taken from this provider` };
  }
  const traceparent = activeTraceparent() ?? headers['traceparent'];
  const origin = {
    provider,
    webhookId,
    traceparent: typeof traceparent === 'string' ? traceparent : undefined,
  };
  return {
    kind: 'received',
    webhook: { provider, webhookId, type: first.type, body, contentSha256 },
    events: eventsOf(first, rest, origin),
  };
}

function eventsOf(
  first: Announcement,
  rest: readonly Announcement[],
  origin: WebhookOrigin,
): readonly [CloudEvent, ...CloudEvent[]] {
  return [
    announcementOf(first, origin),
    ...rest.map((announcement, index) => announcementOf(announcement, origin, index + 1)),
  ];
}

function identityByContent(
  body: Buffer,
  header: { readonly name: string; readonly value: string | string[] | undefined } | undefined,
): Identity {
  const contentSha256 = createHash('sha256').update(body).digest();
  if (header?.value === undefined)
    return { webhookId: `sha256:${contentSha256.toString('hex')}`, contentSha256 };
  if (!isWebhookId(header.value)) throw missingHeaders([webhookIdFault(header.name)]);
  return { webhookId: header.value, contentSha256 };
}
