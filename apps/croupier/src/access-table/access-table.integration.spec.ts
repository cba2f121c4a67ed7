import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SERVICE_NAMES } from '@croupier/contracts';
import { accessTableOf, TABLE_MARK } from './access-table';
import { routeRules, type RouteRule } from './route-rules';

describe('the routes of all services', () => {
  let routes: RouteRule[];

  beforeAll(async () => {
    routes = await routeRules();
  });

  it('are known', () => {
    expect(new Set(routes.map(({ service }) => service))).toEqual(new Set(SERVICE_NAMES));
    expect(routes.length).toBeGreaterThan(100);
  });

  it('each say whom they are for', () => {
    expect(routes.filter(({ rule }) => rule === null)).toEqual([]);
  });

  it('are public only where somebody who has no token has to come in', () => {
    const open = routes.filter(({ rule }) => rule?.role === 'public').map(({ path }) => path);
    expect(new Set(open)).toEqual(
      new Set([
        '/health/live',
        '/health/ready',
        '/health/dependencies',
        '/v1/webhooks/{provider}',
        '/v1/pipeline-hooks/gitlab-ci',
        '/v1/games/{provider}/{game}/versions/{version}/manifest',
      ]),
    );
  });

  it('are in docs/access.md as they are; `npm run docs:access` writes it anew', () => {
    const page = readFileSync(join(__dirname, '../../../../docs/access.md'), 'utf8');
    expect(page.slice(page.indexOf(TABLE_MARK))).toBe(accessTableOf(routes));
  });
});
