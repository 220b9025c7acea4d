/** Tries mutants that are drawn at random, with the runner of `npm run mutate` and StrykerJS's own mutants. */
import { createHash } from 'node:crypto';
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { MutantRunStatus } from '@stryker-mutator/api/test-runner';
import { Instrumenter } from '@stryker-mutator/instrumenter';
import { strykerPlugins } from './runner.mjs';

const SANDBOX = '.stryker/sample';
/** What the tests of the pure rooms read. */
const READ = ['src', 'test', 'fixtures', 'docs', 'bin', 'package.json', 'tsconfig.json', 'README.md'];
/** How many times as often as without it a mutant may be passed, before Stryker calls it endless. */
const HITS = 100;

/** `places` are files and folders. Results are printed as they come, and are kept in `.stryker/sample.json`. */
export async function sample({ count, seed, places }) {
  const kept = resolve('.stryker/sample.json');
  rmSync(SANDBOX, { recursive: true, force: true });
  mkdirSync(SANDBOX, { recursive: true });
  for (const name of READ) cpSync(name, join(SANDBOX, name), { recursive: true });
  symlinkSync(resolve('node_modules'), join(SANDBOX, 'node_modules'));
  process.chdir(SANDBOX);
  const files = places.flatMap(filesIn);
  const mutants = await instrumented(files);
  const [{ factory }] = strykerPlugins;
  const runner = factory({ mutate: files });
  await runner.init();
  const { tests, mutantCoverage } = await runner.dryRun();
  const failed = tests.filter(({ failureMessage }) => failureMessage !== undefined);
  if (failed.length > 0) throw new Error(failed.map(each => `${each.id}: ${each.failureMessage}`).join('\n'));
  const reached = reachedBy(mutantCoverage);
  // As in whole runs: not those that Stryker's comments leave out, and not those at the top of a module.
  const all = mutants.filter(
    ({ id, status }) => !status && (reached.has(id) || mutantCoverage.static[id] === undefined),
  );
  const drawn = all.sort((a, b) => drawnAt(seed, a) - drawnAt(seed, b)).slice(0, count);
  console.log(`${drawn.length} of ${all.length} mutants`);
  const results = [];
  for (const mutant of drawn) {
    const status = await tried(runner, mutant, reached.get(mutant.id));
    results.push({ ...placeOf(mutant), status });
    writeFileSync(kept, JSON.stringify(results));
    if (status === MutantRunStatus.Survived) console.log(told(mutant));
    if (results.length % 25 === 0 || results.length === drawn.length) console.log(scoreOf(results));
  }
}

const filesIn = place =>
  statSync(place).isDirectory() ? readdirSync(place).flatMap(name => filesIn(join(place, name))) : [place];

/** Writes the code with all mutants in it, one of which is active at a time; returns them. */
async function instrumented(files) {
  const log = { debug() {}, info() {}, warn: console.error, isDebugEnabled: () => false };
  const instrumenter = new Instrumenter(log);
  const given = files.map(name => ({
    name: resolve(name),
    mutate: true,
    content: readFileSync(name, 'utf8'),
  }));
  const options = { ignorers: [], excludedMutations: [], plugins: null, noHeader: false };
  const made = await instrumenter.instrument(given, options);
  for (const { name, content } of made.files) writeFileSync(name, content);
  return made.mutants;
}

/** The tests that reach each mutant, and how often they pass it together. */
function reachedBy({ perTest }) {
  const reached = new Map();
  for (const [test, counts] of Object.entries(perTest))
    for (const [id, hits] of Object.entries(counts)) {
      const known = reached.get(id) ?? { tests: [], hits: 0 };
      known.tests.push(test);
      known.hits += hits;
      reached.set(id, known);
    }
  return reached;
}

/** A mutant that no test reaches survives. */
async function tried(runner, { id, fileName }, reached) {
  if (!reached) return MutantRunStatus.Survived;
  const { status } = await runner.mutantRun({
    activeMutant: { id },
    testFilter: reached.tests,
    hitLimit: reached.hits * HITS,
    mutantActivation: 'runtime',
    sandboxFileName: fileName,
  });
  return status;
}

const placeOf = ({ fileName, location: { start }, mutatorName, replacement }) => ({
  file: fileName.slice(process.cwd().length + 1),
  line: start.line + 1,
  column: start.column + 1,
  mutatorName,
  replacement,
});

/** A number that depends on nothing but the seed and the mutant: one seed draws the same mutants each time. */
const drawnAt = (seed, mutant) =>
  createHash('sha256')
    .update(JSON.stringify([seed, placeOf(mutant)]))
    .digest()
    .readUIntBE(0, 6);

function told(mutant) {
  const { file, line, column, mutatorName, replacement } = placeOf(mutant);
  return `survived: ${file}:${line}:${column} ${mutatorName} ${replacement.replace(/\s+/g, ' ').slice(0, 100)}`;
}

function scoreOf(results) {
  const of = results.length;
  const killed = results.filter(({ status }) => status !== MutantRunStatus.Survived).length;
  const timedOut = results.filter(({ status }) => status === MutantRunStatus.Timeout).length;
  const [low, high] = wilson(killed, of).map(percent);
  return `${killed} of ${of} killed, ${timedOut} of them out of time: ${percent(killed / of)} % (of all, ${low} to ${high} % with 95 % confidence)`;
}

const percent = part => (100 * part).toFixed(1);

/** Wilson's interval for a part, with 95 % confidence. */
function wilson(killed, of) {
  const z = 1.96;
  const middle = (killed + (z * z) / 2) / (of + z * z);
  const half = (z / (of + z * z)) * Math.sqrt((killed * (of - killed)) / of + (z * z) / 4);
  return [middle - half, middle + half];
}
