import { Client } from 'pg';

export interface CatalogueSize {
  readonly games: number;
  readonly versions: number;
  readonly markets: number;
}

/** In every second one a certificate is required. */
export function marketOf(index: number): string {
  return `US-${String(index).padStart(2, '0')}`;
}

export function providerOf(game: number): string {
  return `provider-${game % 50}`;
}

/**
 * A catalogue as registrations, certificates and promotions leave it: every version certified in every market, the
 * newest but one in production. Written by SQL, as a hundred thousand registrations take minutes.
 */
export async function seedCatalogue(databaseUrl: string, size: CatalogueSize): Promise<void> {
  const client = new Client({ connectionString: databaseUrl, options: '-c search_path=registry' });
  await client.connect();
  try {
    for (const statement of statementsOf(size)) await client.query(statement);
  } finally {
    await client.end();
  }
}

function statementsOf({ games, versions, markets }: CatalogueSize): string[] {
  const codes = Array.from({ length: markets }, (_, index) => `'${marketOf(index)}'`).join(', ');
  return [
    `INSERT INTO market_rules (market, revision, certification, author, reason, changed_at)
     SELECT 'US-' || lpad(n::text, 2, '0'), 1, CASE n % 2 WHEN 0 THEN 'required' ELSE 'declared' END,
            'bench', 'bench', now()
       FROM generate_series(0, ${markets - 1}) AS n`,
    // The key of 1.<n>.0 as \`precedenceKey\` writes it.
    `INSERT INTO versions (provider, game, version, precedence, digest, manifest_url, manifest, markets, pool,
                           announced_at, title, currencies, languages, devices, rtp_variants, release_notes,
                           cleared_markets)
     SELECT 'provider-' || g % 50, 'game-' || g, '1.' || v || '.0',
            '011' || lpad(length(v::text)::text, 2, '0') || v || '010~',
            md5('a' || g || '.' || v) || md5('b' || g || '.' || v), 'https://cdn.example/manifest.json',
            '{"migrations":[],"flags":[],"padding":"' || repeat(md5(g::text), 20) || '"}', ARRAY[${codes}],
            CASE WHEN v < ${versions} - 1 THEN 'retired' WHEN v = ${versions} - 1 THEN 'production' ELSE 'candidate' END,
            now(), initcap(w.adjectives[1 + h.game % 20]) || ' ' || initcap(w.nouns[1 + h.game / 20 % 25]) || ' ' || g,
            CASE h.game % 10 WHEN 0 THEN ARRAY['EUR', 'USD', 'BTC'] ELSE ARRAY['EUR', 'USD'] END,
            CASE h.game / 10 % 100 WHEN 0 THEN ARRAY['en', 'mt'] ELSE ARRAY['en', 'de'] END,
            ARRAY['desktop', 'mobile'], ARRAY[94.0, 96.5],
            'Version ' || v || ' mends ' || w.nouns[1 + h.version % 25] || ' and brings ' || w.nouns[1 + h.version / 25 % 25],
            ARRAY[${codes}]
       FROM generate_series(0, ${games - 1}) AS g, generate_series(1, ${versions}) AS v,
            LATERAL (SELECT abs(hashint4(g)::bigint) AS game, abs(hashint4(g * 1000 + v)::bigint) AS version) AS h,
            (SELECT string_to_array('lucky golden wild royal mystic fiery frozen lost hidden crazy silver magic dark '
               'bright ancient electric sweet grand happy savage', ' ') AS adjectives,
               string_to_array('sevens pharaoh fruit dragon pirate crown jungle temple tiger diamond book river wolf '
               'joker castle comet garden island knight lotus mirror moon phoenix raven ruby', ' ') AS nouns) AS w`,
    `INSERT INTO games SELECT provider, game, version, precedence, '1.${versions - 1}.0', ${versions}, kind, title,
            channel, markets, currencies, languages, devices, search
       FROM versions WHERE version = '1.${versions}.0'`,
    `INSERT INTO certificates (provider, game, version, market, certificate, laboratory, valid_from, valid_to, told_at,
                               actor, reason)
     SELECT provider, game, version, market, 'GLI-' || version, 'GLI', now() - interval '1 day',
            now() + interval '400 days', now(), 'bench', 'bench'
       FROM versions, unnest(markets) AS market`,
    `INSERT INTO clearances SELECT provider, game, version, 1, markets, false, provider, 'registered', now() FROM versions`,
    `INSERT INTO pool_events (provider, game, version, kind, at, reason, event_id)
     SELECT provider, game, version, told, now(), told, 'seed'
       FROM versions, unnest(ARRAY['registered', 'promoted']) AS told WHERE told = 'registered' OR pool <> 'candidate'`,
    `INSERT INTO pool_stays (provider, game, version, pool, from_at, to_at, reason, event_id)
     SELECT provider, game, version, stay.pool, now() - stay.from_days * interval '1 day',
            now() - stay.to_days * interval '1 day', 'seed', 'seed'
       FROM versions v
       JOIN (VALUES ('candidate', 30, NULL, ARRAY['candidate']), ('candidate', 30, 20, ARRAY['production', 'retired']),
                    ('production', 20, 10, ARRAY['retired']), ('production', 20, NULL, ARRAY['production']),
                    ('retired', 10, NULL, ARRAY['retired'])) AS stay (pool, from_days, to_days, pools)
         ON v.pool = ANY (stay.pools)`,
    `INSERT INTO traffic SELECT provider, game, step, now() - (20 - step) * interval '1 day', version, NULL, 0
       FROM versions, generate_series(1, 10) AS step WHERE pool = 'production'`,
    `INSERT INTO version_requirements SELECT provider, game, version, 'provider-0/game-0', '>=1'
       FROM versions WHERE pool = 'production' AND provider = 'provider-1'`,
    'VACUUM ANALYZE',
    // Or the first questions would be answered while all of it is still written to the disk.
    'CHECKPOINT',
  ];
}
