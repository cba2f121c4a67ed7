import type { Certification, Eligibility, EligibilityQuery, VersionEligibility } from '@croupier/contracts';
import type { ClearanceFactsOf } from '../clearance/clearance-facts';
import { verdictOf } from '../clearance/verdict';

/** Which of a game's versions, newest first, may be dealt in a market. */
export function eligibilityOf(
  { provider, game, market, version: asked }: EligibilityQuery,
  versions: readonly ClearanceFactsOf[],
  certification: Certification,
  now: Date,
): Eligibility {
  const judged = versions.map((version) => judge(version, market, certification, now));
  const eligible = judged.filter((one) => one.eligible);
  const dealt = eligible.find(({ pool }) => pool === 'production') ?? eligible[0];
  return {
    provider,
    game,
    market,
    certification,
    eligible: dealt !== undefined,
    version: dealt?.version ?? null,
    reasons: dealt ? [] : reasonsOf(judged, asked),
    versions: judged,
  };
}

function judge(
  version: ClearanceFactsOf,
  market: string,
  certification: Certification,
  now: Date,
): VersionEligibility {
  const { grounds, certificate } = verdictOf(version, market, certification, now);
  return {
    version: version.version,
    digest: version.digest,
    channel: version.channel,
    pool: version.pool,
    eligible: grounds.length === 0,
    reasons: [...grounds],
    certificate: certificate && {
      certificate: certificate.certificate === '' ? null : certificate.certificate,
      laboratory: certificate.laboratory,
      validTo: certificate.validTo?.toISOString() ?? null,
      rtp: certificate.rtp,
    },
  };
}

/** Those of the version that players would expect: the one in production, or else the newest. */
function reasonsOf(judged: readonly VersionEligibility[], asked: string | undefined): Eligibility['reasons'] {
  const expected = judged.find(({ pool }) => pool === 'production') ?? judged[0];
  if (expected) return expected.reasons;
  const detail = asked === undefined ? 'no version of it is registered' : `${asked} is not registered`;
  return [{ code: 'not-registered', detail }];
}
