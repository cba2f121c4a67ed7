import type { RuledPurge } from '@croupier/contracts';

/**
 * What every change of a version purges unless a rule says otherwise: first what says which version is current, then what
 * the platform has cached of the subject, then what was cached of the version that lost its traffic.
 */
export const DEFAULT_PURGES: readonly RuledPurge[] = [
  { selector: { kind: 'tags', tags: ['game.{provider}.{game}.current', 'games.current'] }, targets: null },
  { selector: { kind: 'prefix', prefix: 'game:{provider}/{game}:' }, targets: null },
  { selector: { kind: 'version', version: 'previous' }, targets: null },
];
