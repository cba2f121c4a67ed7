import { queryPreparedIn, type Transaction } from '@croupier/persistence';
import type { Game } from './versions/version-repository';

const RULES = `hashtextextended('market-rules', 0)`;

/**
 * Lets one transaction at a time change what is known of a game. What is said of a version may come while that is being
 * registered: whoever has the lock second sees what the first one has written, as long as each writes, locks, and only
 * then reads. The rules of markets do not change meanwhile.
 */
export async function lockGames(tx: Transaction, games: readonly Game[]): Promise<void> {
  await queryPreparedIn(
    tx,
    'lock-games',
    // In one order, so that two who want several never wait for each other.
    `SELECT pg_advisory_xact_lock_shared(${RULES}) UNION ALL
     SELECT pg_advisory_xact_lock(key) FROM (
       SELECT DISTINCT hashtextextended('game.' || name, 0) AS key FROM unnest($1::text[]) AS name ORDER BY 1
     ) AS keys`,
    [games.map(({ provider, game }) => `${provider}/${game}`)],
  );
}

/** Lets one transaction change the rules of markets, while nobody decides by them. */
export async function lockRules(tx: Transaction): Promise<void> {
  await tx.query(`SELECT pg_advisory_xact_lock(${RULES})`);
}
