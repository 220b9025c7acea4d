/** All proofs, in the order of the table. */
import type { Proof } from '../proof.ts';
import { bitFlips } from './bit-flips.ts';
import { cacheFlips } from './cache-flips.ts';
import { calls } from './calls.ts';
import { diskFull } from './disk-full.ts';
import { imapCuts } from './imap-cuts.ts';
import { kills } from './kills.ts';
import { outboxCalls } from './outbox-calls.ts';
import { outboxCopies } from './outbox-copies.ts';
import { outboxKills } from './outbox-kills.ts';
import { powerLoss } from './power-loss.ts';
import { remotes } from './remotes.ts';
import { sabotage } from './sabotage.ts';
import { serve } from './serve.ts';
import { starvation } from './starvation.ts';
import { sweeps } from './sweeps.ts';
import { systemCalls } from './system-calls.ts';
import { writers } from './writers.ts';

export const proofs: readonly Proof[] = [
  calls,
  systemCalls,
  powerLoss,
  kills,
  ...writers,
  sweeps,
  starvation,
  serve,
  imapCuts,
  diskFull,
  bitFlips,
  cacheFlips,
  outboxCalls,
  outboxKills,
  outboxCopies,
  ...remotes,
  sabotage,
];
