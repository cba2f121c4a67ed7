import { BaseConfig, ConfigurationError, loadConfig } from './environment';

const VALID = {
  DATABASE_URL: 'postgres://postgres@127.0.0.1/croupier',
  OPERATOR_TOKEN: 'operator-token-0123456789',
  SERVICE_TOKEN: 'service-token-0123456789',
};

describe('the configuration', () => {
  it('has defaults for all but addresses and secrets', () => {
    expect(loadConfig(BaseConfig, VALID)).toMatchObject({
      NAMESPACE: 'croupier',
      HOST: '127.0.0.1',
      LOG_LEVEL: 'info',
    });
  });

  it.each([
    ['DATABASE_URL', 'mysql://127.0.0.1/x'],
    ['AMQP_URL', 'http://127.0.0.1'],
    ['REDIS_URL', 'localhost'],
    ['PORT', '70000'],
    ['OPERATOR_TOKEN', 'short'],
  ])('names %s when it is %s', (name, value) => {
    expect(() => loadConfig(BaseConfig, { ...VALID, [name]: value })).toThrow(
      expect.objectContaining({ constructor: ConfigurationError, message: expect.stringContaining(name) }),
    );
  });

  it('names every variable that is missing', () => {
    expect(() => loadConfig(BaseConfig, {})).toThrow(/DATABASE_URL.*SERVICE_TOKEN/);
  });
});
