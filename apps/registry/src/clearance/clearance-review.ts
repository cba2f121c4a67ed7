import { Injectable } from '@nestjs/common';
import { subjectId, type Clearance } from '@croupier/contracts';
import { newEvent, Outbox } from '@croupier/messaging';
import { queryPreparedIn, type Transaction } from '@croupier/persistence';
import { Clock } from '../clock';
import { lockGames } from '../game-lock';
import { MarketRules, type Rules } from '../markets/market-rules';
import type { Game, GameVersion } from '../versions/version-repository';
import { ClearanceFacts, type ClearanceFactsOf } from './clearance-facts';
import { clearedMarkets, nextChangeAt, verdictOf, type Verdict } from './verdict';

export interface Cause {
  readonly actor: string;
  /** Null when the certificates alone say why: one of them has begun or ended. */
  readonly reason: string | null;
  readonly traceparent?: string | undefined;
}

interface Finding {
  readonly version: ClearanceFactsOf;
  readonly verdicts: readonly Verdict[];
  readonly clearance: Clearance;
  readonly changed: boolean;
  readonly dueAt: Date | null;
}

const LONGEST_REASON = 1_000;

/** Decides where versions may be dealt, and tells it whole, with a revision that rises, when it changes. */
@Injectable()
export class ClearanceReview {
  constructor(
    private readonly facts: ClearanceFacts,
    private readonly rules: MarketRules,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** Of a version that this transaction registers, after what is said of it has been locked. Told with its registration. */
  async begin(tx: Transaction, version: GameVersion, cause: Cause): Promise<Clearance> {
    const [facts] = await this.facts.of(tx, [version]);
    if (!facts) throw new Error(`${version.provider}/${version.game}@${version.version} is not registered`);
    const found = this.examine({ ...facts, clearanceRevision: 0 }, await this.rules.read(tx));
    const first: Finding = { ...found, clearance: { ...found.clearance, revision: 1 }, changed: true };
    await this.store(tx, [first], cause);
    return first.clearance;
  }

  /** Of versions of which something was written before in this transaction. Answers how many have changed. */
  async review(tx: Transaction, versions: readonly GameVersion[], cause: Cause): Promise<number> {
    if (versions.length === 0) return 0;
    await lockGames(tx, versions);
    const rules = await this.rules.read(tx);
    const findings = (await this.facts.of(tx, versions)).map((facts) => this.examine(facts, rules));
    await this.store(tx, findings, cause);
    const changed = findings.filter((finding) => finding.changed);
    await this.outbox.append(tx, ...changed.map((finding) => toldOf(finding, cause)));
    return changed.length;
  }

  async reviewGame(tx: Transaction, { provider, game }: Game, cause: Cause): Promise<number> {
    await lockGames(tx, [{ provider, game }]);
    const versions = await tx.query<GameVersion[]>(
      'SELECT provider, game, version FROM versions WHERE (provider, game) = ($1, $2)',
      [provider, game],
    );
    return this.review(tx, versions, cause);
  }

  private examine(version: ClearanceFactsOf, rules: Rules): Finding {
    const now = this.clock.now();
    const verdicts = version.markets.map((market) => verdictOf(version, market, rules.of(market), now));
    const markets = clearedMarkets(verdicts);
    const before = [...version.clearedMarkets].sort();
    const revoked = version.revokedBecause !== null;
    const changed = markets.join() !== before.join() || revoked !== version.clearanceRevoked;
    return {
      version,
      verdicts,
      clearance: { revision: version.clearanceRevision + (changed ? 1 : 0), markets, revoked },
      changed,
      dueAt: nextChangeAt(version, now),
    };
  }

  private async store(tx: Transaction, findings: readonly Finding[], cause: Cause): Promise<void> {
    const rows = findings.map((finding) => ({
      ...identityOf(finding.version),
      ...finding.clearance,
      due: finding.dueAt?.toISOString() ?? null,
      changed: finding.changed,
      reason: reasonOf(finding, cause),
    }));
    await queryPreparedIn(
      tx,
      'store-clearances',
      `WITH given AS (
         SELECT * FROM jsonb_to_recordset($1::jsonb) AS n(provider text, game text, version text, revision int,
           markets text[], revoked boolean, due timestamptz, changed boolean, reason text)
       ), decided AS (
         UPDATE versions v SET cleared_markets = n.markets, clearance_revision = n.revision,
                clearance_revoked = n.revoked
           FROM given n WHERE n.changed AND (v.provider, v.game, v.version) = (n.provider, n.game, n.version)
       ), settled AS (
         DELETE FROM clearance_reviews r USING given n
          WHERE n.due IS NULL AND (r.provider, r.game, r.version) = (n.provider, n.game, n.version)
       ), awaited AS (
         INSERT INTO clearance_reviews (provider, game, version, due_at)
         SELECT provider, game, version, due FROM given WHERE due IS NOT NULL
         ON CONFLICT (provider, game, version) DO UPDATE SET due_at = excluded.due_at
       )
       INSERT INTO clearances (provider, game, version, revision, markets, revoked, actor, reason, at)
       SELECT provider, game, version, revision, markets, revoked, $2, reason, $3 FROM given WHERE changed`,
      [JSON.stringify(rows), cause.actor, this.clock.now()],
    );
  }
}

function toldOf({ version, clearance, ...finding }: Finding, cause: Cause) {
  const { provider, game, digest } = version;
  const reason = reasonOf({ version, clearance, ...finding }, cause);
  return newEvent(
    'clearance.changed',
    { provider, game, version: version.version, digest, clearance, reason, actor: cause.actor },
    {
      source: 'croupier/registry',
      subject: subjectId(provider, game),
      traceparent: cause.traceparent,
    },
  );
}

/** As the cause has it, or which markets were lost and won, and by which certificates. */
function reasonOf({ version, verdicts, clearance }: Finding, { reason }: Cause): string {
  if (reason !== null) return reason;
  const news = verdicts.flatMap(({ market, grounds, certificate }) => {
    const was = version.clearedMarkets.includes(market);
    const is = clearance.markets.includes(market);
    if (was === is) return [];
    if (!is) return [`${market}: ${grounds.map(({ detail }) => detail).join(', ')}`];
    return [certificate ? `${market}: certificate ${certificate.certificate} holds` : `${market}: declared`];
  });
  const text = news.join('; ');
  return text.length > LONGEST_REASON ? `${text.slice(0, LONGEST_REASON)}...` : text;
}

function identityOf({ provider, game, version }: GameVersion): GameVersion {
  return { provider, game, version };
}
