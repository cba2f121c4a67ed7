import { ApiDouble } from './api-double';

export interface CommandRun {
  readonly api: ApiDouble;
  /** The lines of the test under way. */
  readonly printed: readonly string[];
}

/**
 * To be called within `describe`: each of its tests runs commands against a service of its own.
 * @param variable - the environment variable by which the commands find the service
 */
export function commandsAgainst(variable: string): CommandRun {
  let api: ApiDouble;
  let printed: string[] = [];

  beforeAll(async () => {
    api = await ApiDouble.start();
    process.env[variable] = api.url;
    process.env['OPERATOR_TOKEN'] = 'operator-token-of-the-test';
  });
  afterAll(async () => {
    delete process.env[variable];
    delete process.env['OPERATOR_TOKEN'];
    await api.stop();
  });

  beforeEach(() => {
    api.asked.splice(0);
    printed = [];
    process.exitCode = undefined;
    jest.spyOn(process.stdout, 'write').mockImplementation((line) => {
      printed.push(String(line).trimEnd());
      return true;
    });
  });
  afterEach(() => {
    process.exitCode = undefined;
    jest.restoreAllMocks();
  });

  return {
    get api() {
      return api;
    },
    get printed() {
      return printed;
    },
  };
}
