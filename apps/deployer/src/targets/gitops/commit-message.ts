import type { DeploymentCause } from '../deployment-target';

/** Trailers of our commits, as git-interpret-trailers(1) reads them. */
export const TRAILERS = {
  effect: 'Croupier-Effect',
  deploys: 'Croupier-Deploys',
  token: 'Croupier-Fencing-Token',
  release: 'Croupier-Release',
  actor: 'Croupier-Actor',
} as const;

export interface CommitNote {
  readonly subject: string;
  /** Follows the subject: what a revert reverts. */
  readonly body?: string;
  readonly cause: DeploymentCause;
  /** `provider/game@version` for a commit that brings a version. */
  readonly deploys?: string;
}

const MAX_SUBJECT_LENGTH = 120;
const MAX_REASON_LENGTH = 1_000;

export function commitMessage({ subject, body, cause, deploys }: CommitNote): string {
  const trailers = [
    [TRAILERS.actor, cause.actor],
    [TRAILERS.release, cause.releaseId],
    [TRAILERS.effect, cause.effectKey],
    [TRAILERS.deploys, deploys],
    [TRAILERS.token, cause.fencingToken],
  ].flatMap(([name, value]) =>
    value === undefined || value === null ? [] : `${name}: ${oneLine(String(value))}`,
  );
  const paragraphs = [
    oneLine(subject).slice(0, MAX_SUBJECT_LENGTH),
    body,
    // Set in, so that nothing a person writes is read as a trailer.
    cause.reason && `Reason: ${oneLine(cause.reason).slice(0, MAX_REASON_LENGTH)}.`,
    trailers.join('\n'),
  ];
  return `${paragraphs.flatMap((paragraph) => paragraph || []).join('\n\n')}\n`;
}

function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\s]+/gu, ' ').trim();
}
