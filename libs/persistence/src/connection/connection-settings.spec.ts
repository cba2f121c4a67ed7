import { addressOf, connectionSettings } from './connection-settings';

const settingsFor = (url: string) => connectionSettings({ url, schema: 'registry', applicationName: 'test' });

describe('connection settings', () => {
  it('make the schema the search path of every session', () => {
    expect(settingsFor('postgres://u:p@db:5433/x').options).toContain('-c search_path=registry');
  });

  it('bound statements and idle transactions', () => {
    const { options } = settingsFor('postgres://db/x');
    expect(options).toMatch(/statement_timeout=[1-9]/);
    expect(options).toMatch(/idle_in_transaction_session_timeout=[1-9]/);
  });

  it('keep the options of the URL without letting them replace the search path', () => {
    const settings = settingsFor('postgres://db/x?options=-c%20work_mem%3D8MB&sslmode=disable');
    expect(settings.options).toMatch(/^-c work_mem=8MB -c search_path=registry/);
    expect(settings.connectionString).toBe('postgres://db/x?sslmode=disable');
  });

  it('refuse what is no PostgreSQL URL without repeating its password', () => {
    expect(() => settingsFor('mysql://root:hunter2@db/x')).toThrow(/must look like postgres:/);
    expect(() => settingsFor('hunter2')).toThrow(expect.not.objectContaining({ message: /hunter2/ }));
  });

  it('name the place of the database without its credentials', () => {
    expect(addressOf('postgres://u:secret@db/x')).toBe('db:5432/x');
  });
});
