import 'reflect-metadata';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Controller, Get, Module, Param } from '@nestjs/common';
import { EmbeddedBus } from '@croupier/messaging';
import { freshDatabase, type FreshDatabase } from '@croupier/testing';
import {
  exportJWK,
  exportSPKI,
  generateKeyPair,
  SignJWT,
  UnsecuredJWT,
  type GenerateKeyPairResult,
  type JWTPayload,
} from 'jose';
import request from 'supertest';
import type { RunningService } from '../bootstrap/service-definition';
import { startService } from '../bootstrap/start-service';
import { InProcessCache } from '../cache/in-process-cache';
import { Actor } from '../http/actor';
import { Requires, RequiresService } from './rules/requires';
import { inPath } from './rules/scope';

const AUDIENCE = 'croupier';
const MOST_FAILURES = 20;
const SERVICE = 'service-token-of-the-test';

@Controller('v1/tables')
class TableController {
  @Requires('releaser', inPath())
  @Get(':provider/:game')
  one(@Param() { provider, game }: Record<string, string>, @Actor() actor: string): object {
    return { table: `${provider}/${game}`, actor };
  }

  @RequiresService()
  @Get('bank')
  bank(): object {
    return {};
  }
}

@Module({ controllers: [TableController] })
class TableModule {}

/** An identity provider, as far as those see it who check its tokens: its keys, over HTTP. */
class Issuer {
  private constructor(
    private readonly server: Server,
    private readonly keys: GenerateKeyPairResult,
  ) {}

  static async start(): Promise<Issuer> {
    const keys = await generateKeyPair('RS256');
    const jwk = { ...(await exportJWK(keys.publicKey)), kid: 'first', alg: 'RS256', use: 'sig' };
    const server = createServer((_request, response) => {
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [jwk] }));
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    return new Issuer(server, keys);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  claims(changes: Record<string, unknown> = {}): JWTPayload {
    const now = Math.floor(Date.now() / 1000);
    const people = { sub: '4711', email: 'anna@acme.example', groups: ['staff', 'acme-releasers'] };
    return { iss: this.url, aud: AUDIENCE, iat: now, exp: now + 300, ...people, ...changes };
  }

  sign(changes?: Record<string, unknown>, kid = 'first'): Promise<string> {
    return new SignJWT(this.claims(changes))
      .setProtectedHeader({ alg: 'RS256', kid })
      .sign(this.keys.privateKey);
  }

  unsigned(): string {
    return new UnsecuredJWT(this.claims()).encode();
  }

  /** What a verifier believes that takes the public key for the secret of a MAC. */
  async signedWithPublicKey(): Promise<string> {
    const secret = new TextEncoder().encode(await exportSPKI(this.keys.publicKey));
    return new SignJWT(this.claims()).setProtectedHeader({ alg: 'HS256', kid: 'first' }).sign(secret);
  }

  async signedByAnother(): Promise<string> {
    const { privateKey } = await generateKeyPair('RS256');
    return new SignJWT(this.claims()).setProtectedHeader({ alg: 'RS256', kid: 'first' }).sign(privateKey);
  }

  stop(): Promise<void> {
    return new Promise((closed) => {
      this.server.close(() => closed());
      this.server.closeAllConnections();
    });
  }
}

describe('a token of an identity provider', () => {
  let issuer: Issuer;
  let database: FreshDatabase;
  let running: RunningService;

  beforeAll(async () => {
    [issuer, database] = await Promise.all([Issuer.start(), freshDatabase()]);
    running = await startService(
      { name: 'gateway', description: 'Knows people.', module: TableModule, migrations: [] },
      {
        bus: new EmbeddedBus(),
        cache: new InProcessCache(),
        environment: {
          DATABASE_URL: database.url,
          PORT: '0',
          LOG_LEVEL: 'silent',
          OPERATOR_TOKEN: 'operator-token-of-the-test',
          SERVICE_TOKEN: SERVICE,
          OIDC_ISSUER: issuer.url,
          OIDC_AUDIENCE: AUDIENCE,
          OIDC_JWKS_URL: `${issuer.url}/keys`,
          OIDC_ACTOR_CLAIM: 'email',
          OIDC_GRANTS: JSON.stringify({ 'acme-releasers': [{ role: 'releaser', subject: 'acme/*' }] }),
          RATE_LIMIT_FAILURES_PER_MINUTE: String(MOST_FAILURES),
        },
      },
    );
  });

  afterAll(async () => {
    await running.stop();
    await Promise.all([issuer.stop(), database.drop()]);
  });

  const get = (token: string, path = 'acme/slots') =>
    request(running.url).get(`/v1/tables/${path}`).set('authorization', `Bearer ${token}`);

  it('is believed for what its groups are granted, and names who acts', async () => {
    const { body } = await get(await issuer.sign())
      .set('x-croupier-actor', 'somebody.else')
      .expect(200);
    expect(body).toEqual({ table: 'acme/slots', actor: 'anna@acme.example' });
    const { body: problem } = await get(await issuer.sign(), 'other/slots').expect(403);
    expect(problem.detail).toBe('It needs the role releaser for other/slots.');
    await get(await issuer.sign({ groups: ['staff'] })).expect(403);
    await get(await issuer.sign(), 'bank').expect(403);
  });

  it('is no token of a service, and that one is none of a person', async () => {
    await get(SERVICE, 'bank').expect(200);
    await get(SERVICE).expect(403);
  });

  it.each<[string, () => string | Promise<string>]>([
    ['has no signature', () => issuer.unsigned()],
    ['is signed with the public key', () => issuer.signedWithPublicKey()],
    ['is signed with another key', () => issuer.signedByAnother()],
    ['is signed with a key nobody knows', () => issuer.sign({}, 'second')],
    ['is of another issuer', () => issuer.sign({ iss: 'https://elsewhere.example' })],
    ['is for another audience', () => issuer.sign({ aud: 'roulette' })],
    ['has expired', () => issuer.sign({ exp: Math.floor(Date.now() / 1000) - 60 })],
    ['never expires', () => issuer.sign({ exp: undefined })],
    ['is valid later', () => issuer.sign({ nbf: Math.floor(Date.now() / 1000) + 300 })],
    ['is no JWT', () => 'not.a.token'],
  ])('is not believed when it %s', async (_, token) => {
    const { body } = await get(await token())
      .expect(401)
      .expect('content-type', /^application\/problem\+json/);
    expect(body.errors).toEqual([{ field: 'authorization', detail: 'is missing, or is no valid token' }]);
  });

  it('is answered by 429 once its address has sent too many bad ones, while good ones come through', async () => {
    for (let sent = 0; sent < MOST_FAILURES; sent += 1) await get('bad');
    const { body, headers } = await get('bad')
      .expect(429)
      .expect('content-type', /^application\/problem\+json/);
    expect(body.type).toMatch(/too-many-requests$/);
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    expect(Number(headers['retry-after'])).toBeLessThanOrEqual(60);
    await get(await issuer.sign()).expect(200);
  });
});
