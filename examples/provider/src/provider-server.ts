import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Announcement, WebhookSender } from './announcements/webhook-sender';
import { Refusal } from './control/refusal';
import { parseAnnounce, parseCertify, parsePublish, parseTarget, type Target } from './control/requests';
import { buildRelease, MANIFEST_PATH } from './releases/build-release';
import { ReleaseShelf } from './releases/release-shelf';

const BODY_LIMIT_BYTES = 64 * 1024;

export interface ProviderOptions {
  /** The folder of the game's project: `dist/server.js` and `client/` are taken from it. */
  readonly slotsFolder: string;
  /** The name in manifests until `POST /configure` says otherwise. */
  readonly provider: string;
  readonly target: Target | null;
  /** Base URL that others reach this server by; the address it listens on when it is not given. */
  readonly publicUrl: string | null;
  readonly sender: WebhookSender;
}

interface Answer {
  readonly status: number;
  readonly body: object | Buffer;
  readonly contentType: string;
}

export function createProviderServer(options: ProviderOptions): Server {
  const shelf = new ReleaseShelf();
  let target = options.target;

  function manifestUrl(game: string, version: string): string {
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const base = options.publicUrl ?? `http://127.0.0.1:${port}`;
    return `${base}/releases/${game}/${encodeURIComponent(version)}/${MANIFEST_PATH}`;
  }

  async function publish(body: unknown): Promise<Answer> {
    const request = parsePublish(body);
    const release = await buildRelease(options.slotsFolder, target?.provider ?? options.provider, request);
    shelf.put(request.game, request.version, release);
    return answer(201, {
      manifestUrl: manifestUrl(request.game, request.version),
      manifestSha256: release.manifestSha256,
    });
  }

  async function announce(body: unknown): Promise<Answer> {
    const { game, version, type } = parseAnnounce(body);
    return tell(() => ({
      type,
      timestamp: new Date().toISOString(),
      data: {
        game,
        version,
        manifestUrl: manifestUrl(game, version),
        manifestSha256: shelf.get(game, version).manifestSha256,
      },
    }));
  }

  function certify(body: unknown): Promise<Answer> {
    const data = parseCertify(body);
    return tell(() => ({ type: 'game.certified', timestamp: new Date().toISOString(), data }));
  }

  async function tell(announcementOf: () => Announcement): Promise<Answer> {
    if (!target)
      throw new Refusal(409, 'No target', 'POST /configure {aggregatorUrl, provider, secret} first');
    return answer(200, await options.sender.send(target, announcementOf()));
  }

  function configure(body: unknown): Answer {
    target = parseTarget(body);
    return answer(200, { aggregatorUrl: target.aggregatorUrl, provider: target.provider });
  }

  async function respond(request: IncomingMessage): Promise<Answer> {
    const body = await readBody(request);
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    switch (`${request.method} ${path}`) {
      case 'GET /health':
        return answer(200, { status: 'ok' });
      case 'POST /configure':
        return configure(parseJson(body));
      case 'POST /publish':
        return publish(parseJson(body));
      case 'POST /announce':
        return announce(parseJson(body));
      case 'POST /certify':
        return certify(parseJson(body));
    }
    const [, releases, game, version, ...file] = segmentsOf(path);
    if (request.method === 'GET' && releases === 'releases' && game && version)
      return published(file.join('/'), shelf.file(game, version, file.join('/')));
    throw new Refusal(404, 'Not found', `there is nothing at ${request.method} ${path}`);
  }

  const server = createServer((request, response) => {
    respond(request).then(
      (sent) => send(response, sent),
      (error: unknown) => send(response, problem(error)),
    );
  });
  server.requestTimeout = 30_000;
  server.keepAliveTimeout = 75_000;
  return server;
}

function answer(status: number, body: object): Answer {
  return { status, body, contentType: 'application/json' };
}

function published(path: string, body: Buffer): Answer {
  const types = new Map([
    ['html', 'text/html; charset=utf-8'],
    ['js', 'text/javascript; charset=utf-8'],
    ['json', 'application/json'],
    ['sql', 'application/sql'],
  ]);
  const contentType = types.get(path.slice(path.lastIndexOf('.') + 1)) ?? 'application/octet-stream';
  return { status: 200, body, contentType };
}

function problem(error: unknown): Answer {
  const refusal = error instanceof Refusal ? error : new Refusal(500, 'Internal error', String(error));
  const body = { title: refusal.title, status: refusal.status, detail: refusal.message };
  return { status: refusal.status, body, contentType: 'application/problem+json' };
}

function send(response: ServerResponse, { status, body, contentType }: Answer): void {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
  response.writeHead(status, { 'content-type': contentType, 'content-length': bytes.length });
  response.end(bytes);
}

function segmentsOf(path: string): string[] {
  try {
    return path.split('/').map(decodeURIComponent);
  } catch {
    throw new Refusal(400, 'Malformed URL', 'the path is not well encoded');
  }
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new Refusal(400, 'Malformed JSON', 'the body must be a JSON object');
  }
}

/** Reads to the end even past the limit, or the caller would see a broken connection instead of the 413. */
async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= BODY_LIMIT_BYTES) chunks.push(chunk);
  }
  if (bytes > BODY_LIMIT_BYTES)
    throw new Refusal(413, 'Body too large', `the body may have ${BODY_LIMIT_BYTES} bytes at most`);
  return Buffer.concat(chunks).toString('utf8');
}
