import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createIdempotencyKeys, dropIdempotencyKeys } from '../http/idempotency-keys';

/** Purges become jobs: an entry of what was is kept as a job that is done. */
export class InvalidationJobs1763900080000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await createIdempotencyKeys(runner);
    await runner.query(`
      CREATE TABLE invalidation_jobs (
        id uuid PRIMARY KEY,
        sequence bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
        cause text NOT NULL,
        event_id text UNIQUE,
        actor text NOT NULL,
        reason text NOT NULL,
        release_id uuid,
        provider text,
        game text,
        version text,
        dry_run boolean NOT NULL,
        state text NOT NULL CHECK (state IN ('running', 'done', 'failed', 'cancelled')),
        created_at timestamptz NOT NULL DEFAULT now(),
        finished_at timestamptz
      )`);
    await runner.query('CREATE INDEX ON invalidation_jobs (provider, game, sequence DESC)');
    await runner.query('CREATE INDEX ON invalidation_jobs (finished_at)');
    await runner.query(`
      CREATE TABLE invalidation_tasks (
        job_id uuid NOT NULL REFERENCES invalidation_jobs ON DELETE CASCADE,
        position int NOT NULL,
        target text NOT NULL,
        step jsonb NOT NULL,
        dry_run boolean NOT NULL,
        -- Purges do not wait for files that are fetched.
        lane text NOT NULL CHECK (lane IN ('purge', 'read')),
        -- Holds back the later steps at all targets, and not at its own alone.
        is_barrier boolean NOT NULL,
        state text NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed', 'skipped')),
        attempts int NOT NULL DEFAULT 0,
        done int NOT NULL DEFAULT 0,
        total int,
        entries bigint,
        detail text,
        next_attempt_at timestamptz NOT NULL DEFAULT now(),
        lease_token uuid,
        leased_until timestamptz,
        started_at timestamptz,
        finished_at timestamptz,
        PRIMARY KEY (job_id, position, target)
      )`);
    await runner.query(
      `CREATE INDEX invalidation_tasks_open ON invalidation_tasks (next_attempt_at)
        WHERE state IN ('waiting', 'running')`,
    );
    await runner.query(`
      CREATE TABLE cache_target_pauses (target text PRIMARY KEY, until timestamptz NOT NULL)`);
    await runner.query(`
      CREATE TABLE cache_rule_versions (
        name text NOT NULL,
        version int NOT NULL,
        document jsonb,
        author text NOT NULL,
        reason text NOT NULL,
        at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (name, version)
      )`);
    await runner.query(`
      INSERT INTO invalidation_jobs (id, cause, actor, reason, release_id, dry_run, state, created_at, finished_at)
      SELECT id, cause, 'croupier/cache', reason, release_id, false, 'done', at, at FROM invalidations ORDER BY at`);
    await runner.query(`
      INSERT INTO invalidation_tasks (job_id, position, target, step, dry_run, lane, is_barrier, state, attempts,
        done, entries, started_at, finished_at)
      SELECT id, 0, target,
        jsonb_build_object('kind', 'purge', 'selector', jsonb_build_object('kind', 'prefix', 'prefix', prefix)),
        false, 'purge', false, 'done', 1, keys_removed::int, keys_removed,
        at - make_interval(secs => duration_ms / 1000), at
        FROM invalidations`);
    await runner.query('DROP TABLE invalidations');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE invalidations (
        id uuid PRIMARY KEY,
        cause text NOT NULL CHECK (cause IN ('rollout.promoted', 'rollout.rolled_back', 'operator')),
        reason text NOT NULL,
        release_id uuid,
        target text NOT NULL,
        prefix text NOT NULL,
        keys_removed bigint NOT NULL,
        duration_ms double precision NOT NULL,
        at timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query('CREATE INDEX invalidations_newest_first ON invalidations (at DESC)');
    await runner.query(`
      INSERT INTO invalidations (id, cause, reason, release_id, target, prefix, keys_removed, duration_ms, at)
      SELECT gen_random_uuid(), j.cause, j.reason, j.release_id, t.target, t.step -> 'selector' ->> 'prefix',
        coalesce(t.entries, 0), extract(epoch FROM t.finished_at - t.started_at) * 1000, t.finished_at
        FROM invalidation_tasks t JOIN invalidation_jobs j ON j.id = t.job_id
       WHERE t.state = 'done' AND NOT t.dry_run AND t.step -> 'selector' ->> 'kind' = 'prefix'
         AND j.cause IN ('rollout.promoted', 'rollout.rolled_back', 'operator')`);
    for (const table of [
      'cache_rule_versions',
      'cache_target_pauses',
      'invalidation_tasks',
      'invalidation_jobs',
    ])
      await runner.query(`DROP TABLE ${table}`);
    await dropIdempotencyKeys(runner);
  }
}
