import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Versions with what they are, where they may be dealt and where they have been; and who has said so. */
export class CatalogAndClearance1763900046000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await describeVersions(runner);
    await createGames(runner);
    await createClearance(runner);
    await createPools(runner);
    await runner.query(`
      CREATE TABLE versioning_schemes (
        provider   text        COLLATE "C" NOT NULL,
        revision   int         NOT NULL,
        scheme     jsonb       NOT NULL,
        author     text        NOT NULL,
        reason     text        NOT NULL,
        changed_at timestamptz NOT NULL,
        PRIMARY KEY (provider, revision)
      )`);
    for (const table of ['versioning_schemes', 'market_rules', 'clearances', 'pool_events'])
      await runner.query(`
        CREATE TRIGGER ${table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ${table}
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE pool_moves (
        id        bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        provider  text        COLLATE "C" NOT NULL,
        game      text        COLLATE "C" NOT NULL,
        version   text        COLLATE "C" NOT NULL,
        from_pool text,
        to_pool   text        NOT NULL,
        reason    text        NOT NULL,
        event_id  text        NOT NULL,
        moved_at  timestamptz NOT NULL,
        FOREIGN KEY (provider, game, version) REFERENCES versions
      );
      CREATE INDEX pool_moves_by_version ON pool_moves (provider, game, version, id);
      UPDATE versions SET pool = 'retired' WHERE pool = 'revoked';
      INSERT INTO pool_moves (provider, game, version, from_pool, to_pool, reason, event_id, moved_at)
        SELECT provider, game, version,
               lag(pool) OVER (PARTITION BY provider, game, version ORDER BY from_at),
               CASE pool WHEN 'revoked' THEN 'retired' ELSE pool END, reason, event_id, from_at
          FROM pool_stays ORDER BY from_at;
      CREATE TRIGGER pool_moves_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON pool_moves
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
      DROP TABLE versioning_schemes, traffic, pool_stays, pool_events, clearance_reviews, clearances, revocations, disablements,
        certificates, market_rules, version_requirements, games;
      DROP INDEX versions_by_pool, versions_search;
      ALTER TABLE versions
        DROP COLUMN search, DROP COLUMN kind, DROP COLUMN title, DROP COLUMN channel, DROP COLUMN original_version,
        DROP COLUMN rtp_variants, DROP COLUMN currencies, DROP COLUMN languages, DROP COLUMN devices,
        DROP COLUMN release_notes, DROP COLUMN cleared_markets, DROP COLUMN clearance_revision,
        DROP COLUMN clearance_revoked, DROP CONSTRAINT versions_pool_check,
        ADD CONSTRAINT versions_pool_check CHECK (pool IN ('candidate', 'staging', 'production', 'retired'));
    `);
  }
}

/** What manifests say, in columns that are searched. `simple` stems nothing: titles are names. */
async function describeVersions(runner: QueryRunner): Promise<void> {
  await runner.query(`
    ALTER TABLE versions
      DROP CONSTRAINT versions_pool_check,
      ADD CONSTRAINT versions_pool_check
        CHECK (pool IN ('candidate', 'staging', 'production', 'retired', 'revoked')),
      ADD COLUMN kind               text   NOT NULL DEFAULT 'game' CHECK (kind IN ('game', 'module')),
      ADD COLUMN title              text,
      ADD COLUMN channel            text   NOT NULL DEFAULT 'stable' CHECK (channel IN ('stable', 'beta')),
      ADD COLUMN original_version   text   COLLATE "C",
      ADD COLUMN rtp_variants       float8[] NOT NULL DEFAULT '{}',
      ADD COLUMN currencies         text[] NOT NULL DEFAULT '{}',
      ADD COLUMN languages          text[] NOT NULL DEFAULT '{}',
      ADD COLUMN devices            text[] NOT NULL DEFAULT '{}',
      ADD COLUMN release_notes      text   NOT NULL DEFAULT '',
      ADD COLUMN cleared_markets    text[] NOT NULL DEFAULT '{}',
      ADD COLUMN clearance_revision int    NOT NULL DEFAULT 1,
      ADD COLUMN clearance_revoked  boolean NOT NULL DEFAULT false,
      ADD COLUMN search tsvector GENERATED ALWAYS AS (
        setweight(to_tsvector('simple'::regconfig, coalesce(title, '') || ' ' || game), 'A') ||
        setweight(to_tsvector('simple'::regconfig, provider), 'B') ||
        setweight(to_tsvector('simple'::regconfig, release_notes), 'D')) STORED;
    UPDATE versions SET
      channel = CASE WHEN split_part(version, '+', 1) LIKE '%-%' THEN 'beta' ELSE 'stable' END,
      cleared_markets = markets;
    CREATE INDEX versions_by_original ON versions (provider, game, original_version)
      WHERE original_version IS NOT NULL;
    CREATE INDEX versions_by_pool ON versions (pool, provider, game, precedence, version);
    -- Without a list of pending entries, which every search would read whole.
    CREATE INDEX versions_search ON versions
      USING gin (search, markets, cleared_markets, currencies, languages, devices) WITH (fastupdate = off);
    CREATE TABLE version_requirements (
      provider text COLLATE "C" NOT NULL,
      game     text COLLATE "C" NOT NULL,
      version  text COLLATE "C" NOT NULL,
      subject  text COLLATE "C" NOT NULL,
      range    text NOT NULL,
      FOREIGN KEY (provider, game, version) REFERENCES versions
    );
    INSERT INTO version_requirements
      SELECT provider, game, version, required ->> 'subject', required ->> 'range'
        FROM versions, jsonb_array_elements(coalesce(manifest::jsonb -> 'requires', '[]')) AS required;
    CREATE INDEX version_requirements_by_version ON version_requirements (provider, game, version);
    CREATE INDEX version_requirements_by_subject ON version_requirements (subject);
  `);
}

/** One row a subject, with the facts of its latest version: lists of games read nothing else. */
async function createGames(runner: QueryRunner): Promise<void> {
  await runner.query(`
    CREATE TABLE games (
      provider           text COLLATE "C" NOT NULL,
      game               text COLLATE "C" NOT NULL,
      latest_version     text COLLATE "C" NOT NULL,
      latest_precedence  text COLLATE "C" NOT NULL,
      production_version text COLLATE "C",
      version_count      int  NOT NULL,
      kind               text NOT NULL,
      title              text,
      channel            text NOT NULL,
      markets            text[] NOT NULL,
      currencies         text[] NOT NULL,
      languages          text[] NOT NULL,
      devices            text[] NOT NULL,
      search             tsvector NOT NULL,
      PRIMARY KEY (provider, game)
    );
    INSERT INTO games
      SELECT DISTINCT ON (provider, game) provider, game, version, precedence,
             max(version) FILTER (WHERE pool = 'production') OVER subject,
             count(*) OVER subject, kind, title, channel, markets, currencies, languages, devices, search
        FROM versions WINDOW subject AS (PARTITION BY provider, game)
       ORDER BY provider, game, precedence DESC, version DESC;
    CREATE INDEX games_search ON games
      USING gin (search, markets, currencies, languages, devices) WITH (fastupdate = off);
  `);
}

async function createClearance(runner: QueryRunner): Promise<void> {
  // `certificate` is '' where the provider names none. `told_at` is the teller's time: of two tellings the later one holds.
  // No foreign keys: what is said of a version may come before it.
  await runner.query(`
    CREATE TABLE certificates (
      id               bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      provider         text        COLLATE "C" NOT NULL,
      game             text        COLLATE "C" NOT NULL,
      version          text        COLLATE "C" NOT NULL,
      market           text        COLLATE "C" NOT NULL,
      certificate      text        COLLATE "C" NOT NULL,
      laboratory       text,
      digest           text,
      rtp              float8,
      valid_from       timestamptz NOT NULL,
      valid_to         timestamptz,
      told_at          timestamptz NOT NULL,
      actor            text        NOT NULL,
      reason           text        NOT NULL,
      withdrawn_at     timestamptz,
      withdrawn_by     text,
      withdrawn_reason text,
      warned_at        timestamptz,
      UNIQUE (provider, game, version, market, certificate)
    );
    CREATE INDEX certificates_ending ON certificates (valid_to, id)
      WHERE valid_to IS NOT NULL AND withdrawn_at IS NULL;
    CREATE INDEX certificates_to_warn_of ON certificates (valid_to)
      WHERE valid_to IS NOT NULL AND withdrawn_at IS NULL AND warned_at IS NULL;

    CREATE TABLE disablements (
      id            bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      provider      text        COLLATE "C" NOT NULL,
      game          text        COLLATE "C" NOT NULL,
      version       text        COLLATE "C",
      markets       text[],
      since         timestamptz NOT NULL,
      reason        text        NOT NULL,
      event_id      text        NOT NULL,
      lifted_at     timestamptz,
      lifted_by     text,
      lifted_reason text
    );
    CREATE INDEX disablements_by_game ON disablements (provider, game);

    CREATE TABLE revocations (
      provider   text        COLLATE "C" NOT NULL,
      game       text        COLLATE "C" NOT NULL,
      version    text        COLLATE "C" NOT NULL,
      reason     text        NOT NULL,
      actor      text        NOT NULL,
      event_id   text        NOT NULL,
      revoked_at timestamptz NOT NULL,
      PRIMARY KEY (provider, game, version)
    );

    CREATE TABLE market_rules (
      market        text        COLLATE "C" NOT NULL,
      revision      int         NOT NULL,
      certification text        NOT NULL CHECK (certification IN ('required', 'declared')),
      author        text        NOT NULL,
      reason        text        NOT NULL,
      changed_at    timestamptz NOT NULL,
      PRIMARY KEY (market, revision)
    );

    CREATE TABLE clearances (
      provider text        COLLATE "C" NOT NULL,
      game     text        COLLATE "C" NOT NULL,
      version  text        COLLATE "C" NOT NULL,
      revision int         NOT NULL,
      markets  text[]      NOT NULL,
      revoked  boolean     NOT NULL,
      actor    text        NOT NULL,
      reason   text        NOT NULL,
      at       timestamptz NOT NULL,
      PRIMARY KEY (provider, game, version, revision),
      FOREIGN KEY (provider, game, version) REFERENCES versions
    );
    -- When to look at a version next. Beside the versions, whose every index a change of a column would touch.
    CREATE TABLE clearance_reviews (
      provider text        COLLATE "C" NOT NULL,
      game     text        COLLATE "C" NOT NULL,
      version  text        COLLATE "C" NOT NULL,
      due_at   timestamptz NOT NULL,
      PRIMARY KEY (provider, game, version),
      FOREIGN KEY (provider, game, version) REFERENCES versions
    );
    CREATE INDEX clearance_reviews_due ON clearance_reviews (due_at);
    INSERT INTO clearance_reviews SELECT provider, game, version, now() FROM versions;
    INSERT INTO clearances
      SELECT provider, game, version, 1, markets, false, provider, 'registered', registered_at FROM versions;
  `);
}

/**
 * `pool_events` is what was told, in the order it came. `pool_stays` is what follows from it in the order it happened,
 * and is made anew for a game when more is told. `traffic` is dealt from `from_at` on, until the next routing version.
 */
async function createPools(runner: QueryRunner): Promise<void> {
  await runner.query(`
    CREATE TABLE pool_events (
      id       bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      provider text        COLLATE "C" NOT NULL,
      game     text        COLLATE "C" NOT NULL,
      version  text        COLLATE "C" NOT NULL,
      kind     text        NOT NULL
        CHECK (kind IN ('registered', 'staged', 'promoted', 'rolled-back', 'failed', 'revoked')),
      at       timestamptz NOT NULL,
      reason   text        NOT NULL,
      event_id text        NOT NULL,
      FOREIGN KEY (provider, game, version) REFERENCES versions
    );
    CREATE INDEX pool_events_by_game ON pool_events (provider, game);
    CREATE TABLE pool_stays (
      provider text        COLLATE "C" NOT NULL,
      game     text        COLLATE "C" NOT NULL,
      version  text        COLLATE "C" NOT NULL,
      pool     text        NOT NULL,
      from_at  timestamptz NOT NULL,
      to_at    timestamptz,
      reason   text        NOT NULL,
      event_id text        NOT NULL,
      PRIMARY KEY (provider, game, version, from_at),
      CHECK (to_at > from_at),
      FOREIGN KEY (provider, game, version) REFERENCES versions
    );
    CREATE INDEX pool_stays_by_pool
      ON pool_stays (pool, provider, game, version, from_at, (coalesce(to_at, 'infinity'::timestamptz)));
    CREATE UNIQUE INDEX pool_stays_one_at_a_time ON pool_stays (provider, game, version) WHERE to_at IS NULL;
    CREATE TABLE traffic (
      provider        text        COLLATE "C" NOT NULL,
      game            text        COLLATE "C" NOT NULL,
      routing_version bigint      NOT NULL,
      from_at         timestamptz NOT NULL,
      stable_version  text        COLLATE "C" NOT NULL,
      canary_version  text        COLLATE "C",
      weight_percent  float8      NOT NULL,
      PRIMARY KEY (provider, game, routing_version)
    );
    CREATE INDEX traffic_by_time ON traffic (provider, game, from_at, routing_version);

    INSERT INTO pool_events (provider, game, version, kind, at, reason, event_id)
      SELECT provider, game, version,
             CASE to_pool WHEN 'candidate' THEN 'registered' WHEN 'staging' THEN 'staged'
                          WHEN 'production' THEN 'promoted' ELSE 'rolled-back' END,
             moved_at, reason, event_id
        FROM pool_moves
       -- Retired because another one was promoted: that follows from the promotion of the other one.
       WHERE to_pool <> 'retired' OR reason LIKE 'rolled back: %'
       ORDER BY id;
    INSERT INTO pool_stays
      SELECT provider, game, version, to_pool, moved_at,
             lead(moved_at) OVER (PARTITION BY provider, game, version ORDER BY moved_at), reason, event_id
        FROM (SELECT DISTINCT ON (provider, game, version, moved_at) * FROM pool_moves
               ORDER BY provider, game, version, moved_at, id DESC) AS last;
    DROP TABLE pool_moves;
  `);
}
