import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitepress';
import { drawMermaid } from './markdown/mermaid.mjs';
import { leadOut } from './markdown/links.mjs';
import { showCodeLiterally } from './markdown/literal.mjs';
import { DECISIONS, RUNBOOKS, SERVICES } from './pages.mjs';

const DOCS = fileURLToPath(new URL('..', import.meta.url));

/** Pages that the site has elsewhere than the folder. */
const REWRITES = { 'decisions/README.md': 'decisions/index.md', 'runbook-pages.md': 'runbooks/index.md' };

const page = (text, link) => ({ text, link });

const START = [
  page('What Croupier is', '/'),
  page('Concepts', '/concepts'),
  page('Architecture', '/architecture'),
];

const OPERATORS = [
  page('Operator guide', '/operator-guide'),
  page('Console', '/console'),
  page('Rollouts', '/rollouts'),
  page('Policies', '/policies'),
  page('How a canary is judged', '/analysis'),
  page('Metric sources', '/metric-sources'),
  page('Catalogue and certificates', '/catalog'),
  page('Alerts', '/alerts'),
  page('Gateway', '/gateway'),
  page('Caches', '/cache'),
  page('Targets', '/targets'),
  page('Traffic routers', '/routers'),
];

const PROVIDERS = [
  page('Provider guide', '/provider-guide'),
  page('Where versions come from', '/artifact-sources'),
];

const MODULE_TEAMS = [
  page('Module team guide', '/module-team-guide'),
  page('Feature flags', '/flags'),
  page('Migrations', '/migrations'),
  page('Pipelines', '/pipelines'),
];

const REFERENCE = [
  page('Configuration', '/configuration'),
  page('Command line', '/cli'),
  page('Problems', '/problems'),
  page('Metrics', '/metrics'),
  page('Traces', '/tracing'),
  page('Testing', '/testing'),
];

const API = [page('All services', '/api/'), ...SERVICES.map((name) => page(name, `/api/${name}`))];

const RUNBOOK = [page('By symptom', '/runbook'), page('By alert', '/runbooks/')];

const group = (text, items, collapsed) => ({
  text,
  items,
  ...(collapsed === undefined ? {} : { collapsed }),
});

export default defineConfig({
  title: 'Croupier',
  description: 'Deals every casino player the right version of every game and module',
  lang: 'en',
  // A site may be served below a path, such as /croupier/.
  base: process.env.DOCS_BASE ?? '/',
  cleanUrls: true,
  rewrites: REWRITES,
  markdown: {
    config: (md) => {
      leadOut(md, { docs: DOCS, sourceUrl: process.env.DOCS_SOURCE_URL, rewrites: REWRITES });
      drawMermaid(md);
      showCodeLiterally(md);
    },
  },
  // What is drawn in the browser comes in chunks of its own, which pages without a drawing never ask for.
  vite: { build: { chunkSizeWarningLimit: 4000 } },
  head: [
    ['link', { rel: 'icon', type: 'image/svg+xml', href: `${process.env.DOCS_BASE ?? '/'}croupier.svg` }],
  ],
  themeConfig: {
    logo: '/croupier.svg',
    search: { provider: 'local', options: { detailedView: true } },
    outline: [2, 3],
    nav: [
      group('For whom', [
        page('Operators', '/operator-guide'),
        page('Providers', '/provider-guide'),
        page('Module teams', '/module-team-guide'),
      ]),
      page('Concepts', '/concepts'),
      group('Reference', [...REFERENCE, page('HTTP API', '/api/')]),
      group('Runbooks', RUNBOOK),
      page('Decisions', '/decisions/'),
    ],
    sidebar: {
      '/decisions/': [group('Decisions', [page('All', '/decisions/'), ...DECISIONS])],
      '/runbook': [group('Runbooks', RUNBOOK), group('Alerts', RUNBOOKS)],
      '/api/': [group('HTTP API', API), group('Reference', REFERENCE)],
      '/': [
        group('Start', START),
        group('For operators', OPERATORS, false),
        group('For providers', PROVIDERS, false),
        group('For module teams', MODULE_TEAMS, false),
        group('Reference', [...REFERENCE, page('HTTP API', '/api/')], false),
        group('Runbooks', RUNBOOK, false),
        group('Decisions', [page('All decisions', '/decisions/')]),
      ],
    },
    docFooter: { prev: false, next: false },
  },
});
