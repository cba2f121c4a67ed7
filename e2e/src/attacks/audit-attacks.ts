import type { AuditVerification } from '@croupier/contracts';
import { eventually } from '@croupier/testing';
import { Client } from 'pg';
import { finished, start } from '../program';
import type { Stage } from './stage';

const TENANT = 'platform';

export function auditAttacks(on: () => Stage): void {
  describe('the audit trail in the database', () => {
    let database: Client;
    let last: number;

    beforeAll(async () => {
      database = new Client({ connectionString: on().database.url, options: '-c search_path=audit' });
      await database.connect();
      await on()
        .call('registry', 'put', '/v1/markets/SE')
        .send({ certification: 'required', reason: 'the test' });
      await eventually(
        async () => {
          const [chain] = (await verification()).tenants.filter(({ tenant }) => tenant === TENANT);
          return (chain?.records ?? 0) >= 6 && (chain?.signatures ?? 0) > 0;
        },
        { timeoutMs: 20_000 },
      );
    }, 60_000);
    afterAll(() => database.end());

    async function verification(): Promise<AuditVerification> {
      const { body } = await on().call('audit', 'get', `/v1/verification?tenant=${TENANT}`).expect(200);
      return body as AuditVerification;
    }

    /** What `croupier audit verify --live` ends with, and what it says. */
    async function verifiedByCli(): Promise<{ code: number | null; faults: unknown }> {
      const args = ['audit', 'verify', '--live', '--json', '--state', on().platform.stateDirectory];
      const program = start('apps/croupier/dist/main.js', args, { AUDIT_URL: on().platform.urls.audit });
      const { code, lastLine } = await finished(program);
      const { tenants } = JSON.parse(lastLine) as AuditVerification;
      return { code, faults: tenants.find(({ tenant }) => tenant === TENANT)?.faults };
    }

    /** As who can pass triggers; all of it is undone afterwards. */
    async function tampered(statements: readonly string[], look: () => Promise<void>): Promise<void> {
      await database.query("SET session_replication_role = 'replica'");
      await database.query('CREATE TEMP TABLE kept AS SELECT * FROM audit_records');
      try {
        for (const statement of statements) await database.query(statement);
        await look();
      } finally {
        // Records that came meanwhile are not in the copy, and stay.
        await database.query(
          'DELETE FROM audit_records a USING kept k WHERE (a.tenant, a.sequence) = (k.tenant, k.sequence)',
        );
        await database.query('INSERT INTO audit_records SELECT * FROM kept');
        await database.query('DROP TABLE kept');
        await database.query("SET session_replication_role = 'origin'");
      }
    }

    const row = (sequence: number) => `tenant = '${TENANT}' AND sequence = ${sequence}`;

    it.each([
      "UPDATE audit_records SET actor = 'mallory'",
      'DELETE FROM audit_records',
      'TRUNCATE audit_records',
      'DELETE FROM audit_checkpoints',
      'ALTER TABLE audit_records DISABLE TRIGGER ALL',
      'DROP TABLE audit_records',
    ])('refuses %s to the role that it is written by', async (statement) => {
      await database.query('SET ROLE croupier_audit_writer');
      await expect(database.query(statement)).rejects.toThrow(/permission denied|must be owner/);
      await database.query('RESET ROLE');
    });

    it.each([
      'UPDATE audit_records SET actor = actor',
      'DELETE FROM audit_records',
      'TRUNCATE audit_records',
    ])('refuses %s to its owner, too', async (statement) => {
      await expect(database.query(statement)).rejects.toThrow('append-only');
    });

    it.each<[attack: string, statements: readonly string[], fault: object]>([
      [
        'an edited content',
        [`UPDATE audit_records SET content = replace(content, '"actor":"', '"actor":"x') WHERE ${row(2)}`],
        { kind: 'edited', sequence: 2 },
      ],
      [
        'an edited column alone',
        [`UPDATE audit_records SET actor = 'mallory' WHERE ${row(3)}`],
        { sequence: 3 },
      ],
      ['a deleted row, by the one after it', [`DELETE FROM audit_records WHERE ${row(4)}`], { sequence: 5 }],
      [
        'two swapped rows',
        [
          `UPDATE audit_records SET sequence = -1 WHERE ${row(2)}`,
          `UPDATE audit_records SET sequence = 2 WHERE ${row(3)}`,
          `UPDATE audit_records SET sequence = 3 WHERE ${row(-1)}`,
        ],
        { sequence: 3 },
      ],
    ])('shows %s, and where', async (_attack, statements, fault) => {
      await tampered(statements, async () => {
        const { verified, tenants } = await verification();
        expect(verified).toBe(false);
        expect(tenants[0]?.faults[0]).toMatchObject(fault);
      });
      expect((await verification()).verified).toBe(true);
    });

    it('shows a chain that was cut at its end, by the signed heads', async () => {
      const { rows } = await database.query<{ last: string }>(
        `SELECT max(sequence) AS last FROM audit_checkpoints WHERE tenant = '${TENANT}'`,
      );
      last = Number(rows[0]!.last);
      await tampered(
        [`DELETE FROM audit_records WHERE tenant = '${TENANT}' AND sequence >= ${last}`],
        async () => {
          expect((await verification()).tenants[0]).toMatchObject({
            verified: false,
            faults: [{ sequence: last }],
          });
        },
      );
    });

    it('is verified by the command line as well, which ends with 1 and names the place', async () => {
      await tampered([`UPDATE audit_records SET actor = 'mallory' WHERE ${row(2)}`], async () => {
        expect(await verifiedByCli()).toMatchObject({ code: 1, faults: [{ sequence: 2 }] });
      });
    });
  });
}
