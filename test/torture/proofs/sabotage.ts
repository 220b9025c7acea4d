/** Stores that are broken on purpose (saboteurs.ts): a proof that does not find what is wrong with them proves nothing. */
import { type Proof, scaled, type Trial } from '../proof.ts';
import * as broken from '../saboteurs.ts';
import { scenarioNamed } from '../scenarios.ts';
import { stalledCourses } from '../stalled-writers.ts';
import { flipBits } from './bit-flips.ts';
import { flipCaches } from './cache-flips.ts';
import { tryCalls } from './calls.ts';
import { killDeliveries } from './outbox-calls.ts';
import { tryCopies } from './outbox-copies.ts';
import { type Program, postForms } from './serve.ts';
import { cutPower, scenarioCourse } from './power-loss.ts';

type Violations = Promise<readonly string[]>;

const underPowerCuts = async (how: broken.Broken, scenario: string, trial: Trial): Violations =>
  (await cutPower([await scenarioCourse(scenario, how)], 400, trial)).violations;

const amongStalledWriters = async (how: broken.Broken): Violations =>
  (await stalledCourses(how)).flatMap(({ violations }) => violations);

const underFaults = async (how: broken.Broken, scenario: string, trial: Trial): Violations =>
  (await tryCalls([scenarioNamed(scenario)], { ...trial, scale: 1 }, { broken: how })).violations;

const amongDamagedCaches = async (trial: Trial): Violations =>
  (await flipCaches({ ...trial, scale: 0.1 })).violations;

const amongKilledDeliveries = async (trial: Trial): Violations =>
  (await killDeliveries({ ...trial, scale: 0.5 })).violations;

const amongKilledServers = async (program: Program, trial: Trial): Violations =>
  (await postForms({ ...trial, scale: 0.05 }, program)).violations;

/** What each does wrong, and the proof that has to find it. */
const stores: readonly { readonly what: string; find(trial: Trial): Violations }[] = [
  { what: 'files are not synced', find: trial => underPowerCuts(broken.filesUnsynced, 'add', trial) },
  {
    what: 'directories are not synced',
    find: trial => underPowerCuts(broken.directoriesUnsynced, 'add', trial),
  },
  { what: 'a name before the fsync', find: trial => underPowerCuts(broken.namedBeforeSynced, 'add', trial) },
  {
    what: 'loose files go before their pack is there',
    find: trial => underPowerCuts(broken.looseRemovedFirst, 'checkpoint with pack', trial),
  },
  { what: 'no look after link', find: () => amongStalledWriters(broken.noLookAfterLink) },
  { what: 'a number is overwritten', find: () => amongStalledWriters(broken.overwriting) },
  { what: 'a number that is taken counts as won', find: () => amongStalledWriters(broken.takenUnnoticed) },
  { what: 'temporary files share a name', find: () => amongStalledWriters(broken.sharedTemporary) },
  { what: 'files are overwritten in place', find: trial => underFaults(broken.writtenInPlace, 'add', trial) },
  { what: 'a name before the content', find: trial => underFaults(broken.namedBeforeWritten, 'add', trial) },
  {
    what: 'the old file goes before the new one is there',
    find: trial => underFaults(broken.removedBeforeReplaced, 'settings', trial),
  },
  {
    what: 'acknowledged without a name',
    find: trial => underFaults(broken.acknowledgedBeforeNamed, 'add', trial),
  },
  {
    what: 'hashes are not checked',
    find: async trial => (await flipBits({ ...trial, scale: 0.1 }, broken.hashUnchecked)).violations,
  },
  {
    what: 'blocks of projections are not checked',
    find: trial => broken.withBlocksUnchecked(() => amongDamagedCaches(trial)),
  },
  {
    what: 'the id of a record is not that of its row',
    find: trial => broken.withIdsUnchecked(() => amongDamagedCaches(trial)),
  },
  {
    what: 'the cursor outside the transaction',
    find: trial => broken.withCursorApart(() => underFaults(io => io, 'sweep', trial)),
  },
  {
    what: 'an e-mail is marked as sent before it is',
    find: trial => broken.withSentTooSoon(() => amongKilledDeliveries(trial)),
  },
  {
    what: 'what was cut off is sent again',
    find: trial => broken.withUnknownSentAgain(() => amongKilledDeliveries(trial)),
  },
  {
    what: 'copies send too',
    find: () => broken.withoutSender(async () => (await tryCopies()).violations),
  },
  {
    what: 'a form is answered before it is on disk',
    find: trial => broken.withBrokenServe('answered early', program => amongKilledServers(program, trial)),
  },
  {
    what: 'a form that comes again is taken in again',
    find: trial => broken.withBrokenServe('ids forgotten', program => amongKilledServers(program, trial)),
  },
];

export const sabotage: Proof = {
  name: 'sabotage',
  what: 'stores broken on purpose, each caught',
  async run(trial) {
    const first = trial.seed % stores.length;
    const tried = [...stores.slice(first), ...stores.slice(0, first)].slice(0, scaled(stores.length, trial));
    const missed: string[] = [];
    for (const { what, find } of tried)
      if ((await find({ ...trial, one: true })).length === 0) missed.push(`${what}: not caught`);
    return { tried: `${tried.length} stores, ${tried.length - missed.length} caught`, violations: missed };
  },
};
