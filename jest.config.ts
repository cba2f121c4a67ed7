import { readFileSync } from 'node:fs';
import type { Config } from 'jest';

const swc = JSON.parse(readFileSync(`${__dirname}/.swcrc`, 'utf8')) as Record<string, unknown>;
delete swc['exclude'];

const shared = {
  rootDir: __dirname,
  testEnvironment: 'node',
  transform: { '\\.ts$': ['@swc/jest', { ...swc, swcrc: false }] },
  moduleNameMapper: {
    '^@croupier/migrations$': '<rootDir>/migrations/index.ts',
    '^@croupier/(cache-client|contracts|rollout|orchestrator|analysis|routing|messaging|persistence|service-kit|testing)$':
      '<rootDir>/libs/$1/src/index.ts',
  },
  modulePathIgnorePatterns: ['/dist/', '<rootDir>/.croupier'],
} satisfies Config;

const config: Config = {
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['<rootDir>/{apps,libs,migrations,examples,bench}/**/*.spec.ts'],
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
      globalSetup: '<rootDir>/libs/testing/src/services/global-setup.ts',
      testMatch: ['<rootDir>/e2e/src/**/*.spec.ts'],
    },
  ],
  testTimeout: 60_000,
  maxWorkers: 2,
};

export default config;
