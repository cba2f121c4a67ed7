import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Pipeline {
  id: number;
  status: string;
  variables: Record<string, string>;
}

/**
 * As much of GitLab's REST API as the pipeline uses, by its documented shapes (https://docs.gitlab.com/api/pipelines/,
 * /api/pipeline_triggers/, /api/jobs/): one project, whose pipelines end as the test says.
 */
export class GitLabDouble {
  readonly pipelines: Pipeline[] = [];
  readonly canceled: number[] = [];
  /** Answers nothing to the trigger, although it has begun: as when the connection is lost. */
  dropsTriggerAnswers = false;
  private server: Server | null = null;
  url = '';

  async start(): Promise<void> {
    this.server = createServer((request, response) => {
      void bodyOf(request).then((body) => {
        const answer = this.answer(
          request.method ?? '',
          new URL(request.url ?? '/', 'http://x'),
          body,
          request,
        );
        if (answer === 'drop') {
          response.destroy();
          return;
        }
        const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body);
        response.writeHead(answer.status, { 'content-type': 'application/json' }).end(text);
      });
    });
    await new Promise<void>((resolve) => this.server?.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve));
  }

  ends(id: number, status: 'success' | 'failed' | 'canceled'): void {
    this.pipelines.find((pipeline) => pipeline.id === id)!.status = status;
  }

  private answer(
    method: string,
    url: URL,
    body: string,
    { headers }: IncomingMessage,
  ): { status: number; body: unknown } | 'drop' {
    const path = decodeURIComponent(url.pathname).replace(/^\/api\/v4\/projects\/acme\/[^/]+/, '');
    if (method === 'POST' && path === '/trigger/pipeline') {
      const { token, ref, variables } = JSON.parse(body) as {
        token: string;
        ref: string;
        variables: Record<string, string>;
      };
      if (token !== 'trigger-token' || ref !== 'main')
        return { status: 404, body: { message: '404 Not Found' } };
      const pipeline = { id: this.pipelines.length + 101, status: 'created', variables };
      this.pipelines.push(pipeline);
      if (this.dropsTriggerAnswers) return 'drop';
      return { status: 201, body: this.shown(pipeline) };
    }
    if (headers['private-token'] !== 'api-token')
      return { status: 401, body: { message: '401 Unauthorized' } };
    if (path === '/pipelines')
      return { status: 200, body: [...this.pipelines].reverse().map((p) => this.shown(p)) };
    if (path === '/jobs/7/trace') return { status: 200, body: 'npm test\n1 of 2 failed\n' };
    const [, id, rest = ''] = /^\/pipelines\/(\d+)(.*)$/.exec(path) ?? [];
    const pipeline = this.pipelines.find((each) => each.id === Number(id));
    if (!pipeline) return { status: 404, body: { message: '404 Not found' } };
    switch (rest) {
      case '':
        return { status: 200, body: this.shown(pipeline) };
      case '/variables':
        return {
          status: 200,
          body: Object.entries(pipeline.variables).map(([key, value]) => ({
            variable_type: 'env_var',
            key,
            value,
          })),
        };
      case '/cancel':
        this.canceled.push(pipeline.id);
        pipeline.status = 'canceled';
        return { status: 200, body: this.shown(pipeline) };
      case '/jobs':
        return { status: 200, body: [{ id: 7, name: 'e2e', stage: 'test', status: pipeline.status }] };
      case '/test_report':
        return { status: 200, body: reportOf(pipeline.status === 'success') };
      default:
        return { status: 404, body: { message: '404 Not found' } };
    }
  }

  private shown({ id, status }: Pipeline): object {
    return {
      id,
      iid: id,
      project_id: 1,
      status,
      source: 'trigger',
      ref: 'main',
      web_url: `${this.url}/p/${id}`,
    };
  }
}

function reportOf(isGood: boolean): object {
  const failing = { status: 'failed', name: 'withdraws once', system_output: 'balance is 5 and not 0' };
  return {
    total_time: 1.5,
    total_count: 2,
    success_count: isGood ? 2 : 1,
    failed_count: isGood ? 0 : 1,
    skipped_count: 0,
    error_count: 0,
    test_suites: [
      {
        name: 'e2e',
        total_time: 1.5,
        total_count: 2,
        success_count: isGood ? 2 : 1,
        failed_count: isGood ? 0 : 1,
        skipped_count: 0,
        error_count: 0,
        test_cases: [
          {
            status: 'success',
            name: 'deposits',
            classname: 'wallet',
            execution_time: 0.5,
            system_output: null,
          },
          isGood ? { status: 'success', name: 'withdraws once' } : failing,
        ],
      },
    ],
  };
}

export async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
