import { Injectable } from '@nestjs/common';
import { ActorName, type Grant } from '@croupier/contracts';
import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import { AuthConfig, type OidcSettings } from '../auth-config';
import { identityProviderUnavailable, nobodyNamed } from '../auth-problems';
import type { Caller } from './caller';

/** Asymmetric alone: with a MAC among them, the public key would be a secret that everybody knows (RFC 8725, 2.1, 3.1). */
const ALGORITHMS = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
];
const CLOCK_TOLERANCE_SECONDS = 30;
const KEYS_TIMEOUT_MS = 3_000;
/** How long keys are used before they are fetched anew. */
const KEYS_LIFE_MS = 10 * 60_000;
/** How long an unknown `kid` makes nobody fetch the keys again. */
const KEYS_COOLDOWN_MS = 30_000;

/** People, as an identity provider vouches for them (OpenID Connect; tokens by RFC 7519, checks by RFC 8725). */
@Injectable()
export class Persons {
  private readonly settings: OidcSettings | null;
  private readonly keys: JWTVerifyGetKey | null;

  constructor({ oidc }: AuthConfig) {
    this.settings = oidc;
    this.keys =
      oidc &&
      createRemoteJWKSet(new URL(oidc.jwksUrl), {
        timeoutDuration: KEYS_TIMEOUT_MS,
        cacheMaxAge: KEYS_LIFE_MS,
        cooldownDuration: KEYS_COOLDOWN_MS,
      });
  }

  /** Null for a token that is not to be believed. @throws ProblemException 503 when the keys cannot be had */
  async find(token: string): Promise<Caller | null> {
    const { settings, keys } = this;
    if (settings === null || keys === null) return null;
    const payload = await verified(token, keys, settings);
    return payload && callerOf(payload, settings);
  }
}

async function verified(
  token: string,
  keys: JWTVerifyGetKey,
  { issuer, audience }: OidcSettings,
): Promise<JWTPayload | null> {
  try {
    const { payload } = await jwtVerify(token, keys, {
      issuer,
      audience,
      algorithms: ALGORITHMS,
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      requiredClaims: ['exp', 'sub'],
    });
    return payload;
  } catch (error) {
    if (isAboutToken(error)) return null;
    throw identityProviderUnavailable();
  }
}

/** The rest are about the keys, or about the way to them. */
function isAboutToken(error: unknown): boolean {
  if (!(error instanceof errors.JOSEError)) return false;
  return !(
    error instanceof errors.JWKSTimeout ||
    error instanceof errors.JWKSInvalid ||
    error.constructor === errors.JOSEError
  );
}

function callerOf(payload: JWTPayload, settings: OidcSettings): Caller {
  const actor = ActorName.safeParse(at(payload, settings.actorClaim));
  if (!actor.success) throw nobodyNamed(settings.actorClaim);
  return {
    kind: 'person',
    id: `${settings.issuer} ${payload.sub}`,
    actor: actor.data,
    grants: grantsOf(at(payload, settings.groupsClaim), settings),
    expiresAt: payload.exp === undefined ? null : new Date(payload.exp * 1_000),
  };
}

function grantsOf(groups: unknown, { grantsByGroup }: OidcSettings): Grant[] {
  const names: unknown[] = Array.isArray(groups) ? groups : [groups];
  return names.flatMap((name) =>
    typeof name === 'string' && Object.hasOwn(grantsByGroup, name) ? (grantsByGroup[name] ?? []) : [],
  );
}

/** `realm_access.roles` is a path; a claim that has the whole text for its name, such as an address, comes first. */
function at(payload: JWTPayload, claim: string): unknown {
  if (Object.hasOwn(payload, claim)) return payload[claim];
  return claim
    .split('.')
    .reduce<unknown>(
      (value, key) =>
        typeof value === 'object' && value !== null && Object.hasOwn(value, key)
          ? (value as Record<string, unknown>)[key]
          : undefined,
      payload,
    );
}
