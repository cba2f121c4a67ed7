import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { bodyOf } from './gitlab-double';

interface Build {
  readonly item: number;
  readonly parameters: { name: string; value: string }[];
  /** Null while it waits in the queue. */
  number: number | null;
  result: string | null;
}

const CRUMB = 'crumb-of-the-session';
const COOKIE = 'JSESSIONID=session-of-the-test';
const CONSOLE = ['Started by user croupier\n', 'Finished: as told\n'];

/**
 * As much of Jenkins as the pipeline uses, by its documented shapes
 * (https://www.jenkins.io/doc/book/using/remote-access-api/): crumbs bound to a session, a queue, builds, console, reports.
 */
export class JenkinsDouble {
  readonly builds: Build[] = [];
  readonly stopped: string[] = [];
  private server: Server | null = null;
  url = '';

  async start(): Promise<void> {
    this.server = createServer((request, response) => {
      void bodyOf(request).then((body) => this.answer(request, response, body));
    });
    await new Promise<void>((resolve) => this.server?.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve));
  }

  leavesQueue(build: Build): void {
    build.number = build.item;
  }

  private answer(request: IncomingMessage, response: ServerResponse, body: string): void {
    const send = (status: number, answer: unknown, headers: Record<string, string> = {}): void => {
      const text = typeof answer === 'string' ? answer : JSON.stringify(answer);
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text);
    };
    const { headers, method } = request;
    const url = new URL(request.url ?? '/', 'http://x');
    const basic = `Basic ${Buffer.from('croupier:api-token').toString('base64')}`;
    if (headers.authorization !== basic) return send(401, 'Unauthorized');
    if (url.pathname === '/crumbIssuer/api/json')
      return send(
        200,
        { crumb: CRUMB, crumbRequestField: 'Jenkins-Crumb' },
        { 'set-cookie': `${COOKIE}; Path=/` },
      );
    if (method === 'POST' && (headers['jenkins-crumb'] !== CRUMB || headers.cookie !== COOKIE))
      return send(403, 'No valid crumb was included in the request');
    const job = '/job/acme/job/slots';
    if (url.pathname === `${job}/buildWithParameters`) {
      const parameters = [...new URLSearchParams(body)].map(([name, value]) => ({ name, value }));
      const item = this.builds.length + 1;
      this.builds.push({ item, parameters, number: null, result: null });
      return send(201, '', { location: `http://jenkins.internal/queue/item/${item}/` });
    }
    const shownUrl = (build: Build): string => `http://jenkins.internal${job}/${build.number}/`;
    const shownItem = (build: Build): object => ({
      id: build.item,
      actions: [{ _class: 'hudson.model.ParametersAction', parameters: build.parameters }, {}],
      cancelled: build.result === 'CANCELLED',
      executable: build.number === null ? null : { number: build.number, url: shownUrl(build) },
    });
    if (url.pathname === '/queue/api/json')
      return send(200, { items: this.builds.filter(({ number }) => number === null).map(shownItem) });
    if (url.pathname === '/queue/cancelItem') {
      this.stopped.push(`queue/${url.searchParams.get('id')}`);
      this.builds.find(({ item }) => String(item) === url.searchParams.get('id'))!.result = 'CANCELLED';
      return send(204, '');
    }
    const queued = /^\/queue\/item\/(\d+)\/api\/json$/.exec(url.pathname)?.[1];
    if (queued !== undefined) {
      const build = this.builds.find(({ item }) => item === Number(queued));
      return build ? send(200, shownItem(build)) : send(404, 'Not Found');
    }
    if (url.pathname === `${job}/api/json`)
      return send(200, {
        builds: this.builds
          .filter(({ number }) => number !== null)
          .map((build) => ({ url: shownUrl(build), actions: [{ parameters: build.parameters }] })),
      });
    const [, number, rest] = /^\/job\/acme\/job\/slots\/(\d+)\/(.*)$/.exec(url.pathname) ?? [];
    const build = this.builds.find((each) => each.number === Number(number));
    if (!build) return send(404, 'Not Found');
    switch (rest) {
      case 'api/json':
        return send(200, { url: shownUrl(build), building: build.result === null, result: build.result });
      case 'stop':
        this.stopped.push(`build/${number}`);
        build.result = 'ABORTED';
        return send(302, '', { location: shownUrl(build) });
      case 'logText/progressiveText': {
        const start = Number(url.searchParams.get('start'));
        const page = CONSOLE[start === 0 ? 0 : 1]!;
        const more: Record<string, string> = start === 0 ? { 'x-more-data': 'true' } : {};
        return send(200, page, { 'x-text-size': String(start + page.length), ...more });
      }
      case 'testReport/api/json':
        return build.result === 'ABORTED'
          ? send(404, 'Not Found')
          : send(200, reportOf(build.result === 'SUCCESS'));
      default:
        return send(404, 'Not Found');
    }
  }
}

function reportOf(isGood: boolean): object {
  const failed = {
    className: 'wallet',
    name: 'withdraws once',
    status: 'REGRESSION',
    errorDetails: 'balance is 5',
  };
  const good = { className: 'wallet', name: 'withdraws once', status: 'FIXED', errorDetails: null };
  return {
    duration: 1.5,
    failCount: isGood ? 0 : 1,
    passCount: isGood ? 2 : 1,
    skipCount: 0,
    suites: [
      {
        name: 'wallet',
        duration: 1.5,
        cases: [
          { className: 'wallet', name: 'deposits', status: 'PASSED', errorDetails: null },
          isGood ? good : failed,
        ],
      },
    ],
  };
}
