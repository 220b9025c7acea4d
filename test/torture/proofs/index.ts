/** All proofs, in the order of the table. */
import type { Proof } from '../proof.ts';
import { calls } from './calls.ts';
import { powerLoss } from './power-loss.ts';

export const proofs: readonly Proof[] = [calls, powerLoss];
