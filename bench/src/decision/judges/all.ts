import type { Judge } from '../decision';
import { argoRollouts } from './argo-rollouts';
import { croupier } from './croupier';
import { flagger } from './flagger';
import { kayenta } from './kayenta';

/** By the name that figures have. */
export const PEERS = {
  flagger1: flagger(1),
  flagger5: flagger(5),
  argo: argoRollouts,
  kayenta,
} as const satisfies Record<string, Judge>;
export type PeerName = keyof typeof PEERS;
export const PEER_NAMES = Object.keys(PEERS) as PeerName[];

export const JUDGES = { croupier, ...PEERS } as const;
export type JudgeName = keyof typeof JUDGES;
export const JUDGE_NAMES = Object.keys(JUDGES) as JudgeName[];
