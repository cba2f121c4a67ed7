import { readFileSync } from 'node:fs';
import type { Config } from 'jest';

const swc = JSON.parse(readFileSync(`${__dirname}/.swcrc`, 'utf8')) as Record<string, unknown>;
delete swc['exclude'];

const ES_MODULES = [
  '@kubernetes/client-node',
  'openid-client',
  'oauth4webapi',
  'jose',
  'content-disposition',
  // CommonJS that imports Node's http as it runs.
  '@opentelemetry/otlp-exporter-base',
].join('|');

const PLATFORM_RUNNER = '<rootDir>/libs/testing/src/platform-runner.ts';

const shared = {
  rootDir: __dirname,
  testEnvironment: 'node',
  transform: {
    '\\.ts$': ['@swc/jest', { ...swc, swcrc: false }],
    // Jest cannot require() these, which are ES modules only, as Node can.
    [`/node_modules/(${ES_MODULES})/.+\\.js$`]: [
      '@swc/jest',
      { swcrc: false, module: { type: 'commonjs' }, jsc: { target: 'es2022' } },
    ],
  },
  // The innermost package decides: some of these lie within others.
  transformIgnorePatterns: [`/node_modules/(?!.*/node_modules/)(?!(${ES_MODULES})/)`],
  moduleNameMapper: {
    '^@croupier/migrations$': '<rootDir>/migrations/index.ts',
    '^@croupier/(audit-chain|cache-client|contracts|rollout|orchestrator|analysis|routing|messaging|persistence|service-kit|testing)$':
      '<rootDir>/libs/$1/src/index.ts',
  },
  modulePathIgnorePatterns: ['/dist/', '<rootDir>/.croupier'],
} satisfies Config;

const config: Config = {
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['<rootDir>/{apps,libs,migrations,examples,bench,supply-chain}/**/*.spec.ts'],
      testPathIgnorePatterns: ['\\.integration\\.spec\\.ts$'],
    },
    {
      ...shared,
      displayName: 'integration',
      globalSetup: '<rootDir>/libs/testing/src/services/global-setup.ts',
      testMatch: ['<rootDir>/{apps,libs,migrations}/**/*.integration.spec.ts'],
    },
    {
      ...shared,
      displayName: 'e2e',
      runner: PLATFORM_RUNNER,
      globalSetup: '<rootDir>/libs/testing/src/services/global-setup.ts',
      testMatch: ['<rootDir>/e2e/src/**/*.spec.ts'],
    },
  ],
  testTimeout: 60_000,
  maxWorkers: 2,
  // What the files of before have left would be marked again and again.
  workerIdleMemoryLimit: '1GB',
};

export default config;
