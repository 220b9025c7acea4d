/**
 * Runs the tests of the pure rooms for StrykerJS, which asks for a mutant and some tests at a time.
 *
 * Stryker's own runner starts vitest anew for each mutant, and half a second passes before the first test. Here, one file
 * is bundled of all tests and of the code that they try. V8 compiles it once, and a mutant costs what its tests cost.
 * Properties have a part of their runs, with the same random values each time, and one that fails is not shrunk.
 */
import { createRequire } from 'node:module';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Script } from 'node:vm';
import { PluginKind, commonTokens, declareFactoryPlugin, tokens } from '@stryker-mutator/api/plugin';
import {
  DryRunStatus,
  TestStatus,
  determineHitLimitReached,
  toMutantRunResult,
} from '@stryker-mutator/api/test-runner';
import { build } from 'esbuild';
import fc from 'fast-check';
import { collect } from './collect.mjs';
import { ROOMS } from './rooms.mjs';

/** The part of a property's runs that tries a mutant. */
const RUNS = 1 / 20;
/** The CRM_RUNS of which that is a part (test/effort.ts): `npm test` gives some properties too few runs to divide. */
const EFFORT = '3';
/** The least runs of a property, if it has as many. */
const LEAST = 15;
const SEED = 19;

/** What the dry run found, in the sandbox. */
const MADE = 'dry-run.json';
/** Tests that take this many milliseconds are not tried twice with one mutant. */
const LONG = 1000;
/** A mutant is tried by its quickest tests: as many as take this many milliseconds without it. */
const ENOUGH = 3000;
/** The most tests that come first because they killed other mutants of the file, and the most milliseconds of one. */
const KILLERS = 12;
const QUICK = 400;
/** So many tests are tried together. */
const TOGETHER = 30;
/** They have so many milliseconds, and ten times what they take without a mutant, before one of them is called endless. */
const PATIENCE = 3000;
/** Only a script can be stopped while it is busy; a new process takes much longer than all tests of a mutant. */
const call = new Script('tryTests()');

/** The tests of some rooms that run no command: whole commands take too long to be run for each mutant. */
function pureTests(rooms) {
  const isPure = path => !/\/(harness|rules)\.ts'|'execa'/.test(readFileSync(path, 'utf8'));
  return rooms
    .flatMap(room => readdirSync(join('test', room)).map(name => join('test', room, name)))
    .filter(path => path.endsWith('.test.ts') && isPure(path));
}

/** The rooms whose tests try a file. */
const roomsThatTry = file => ROOMS[Object.keys(ROOMS).find(room => file.includes(`src/${room}/`))] ?? [];

/** The tests and the code under them as one script, which answers a function that loads a test file. */
async function bundled(files) {
  const { outputFiles } = await build({
    stdin: {
      contents: `module.exports = { ${files.map(file => `${JSON.stringify(file)}: () => require(${JSON.stringify(`./${file}`)})`).join(', ')} };`,
      resolveDir: process.cwd(),
    },
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    // A script has no import().
    supported: { 'dynamic-import': false },
    loader: { '.yaml': 'text', '.md': 'text', '.txt': 'text' },
    logLevel: 'error',
  });
  return outputFiles[0].text;
}

class PureTestRunner {
  #options;
  /** What Stryker's instrumented code reads and writes. */
  #space = (globalThis.__stryker__ ??= {});
  #require = createRequire(join(process.cwd(), 'package.json'));
  /** The tests of the files that are loaded. */
  #loaded = new Map();
  /** How long each test took when nothing was mutated. */
  #times = new Map();
  #files = [];
  #script;
  /** The tests that count what they have seen, and fail with fewer runs. */
  #whole = new Set();
  /** The part of its runs that the test has which is running. */
  #part = RUNS;
  /** The tests that killed mutants of a file, by the file; the one that killed the latest comes last. */
  #killers = new Map();

  constructor(options) {
    this.#options = options;
  }

  capabilities() {
    return { reloadEnvironment: true };
  }

  async init() {
    process.env.CRM_RUNS ??= EFFORT;
    this.#files = pureTests([...new Set(this.#options.mutate.flatMap(roomsThatTry))]);
    const text = await bundled(this.#files);
    this.#script = new Script(`(function (require, module) {${text}\n})`, { filename: 'tests.cjs' });
  }

  /** Takes what the dry run found, which another process may have made. */
  #remember() {
    if (this.#times.size > 0 || !existsSync(MADE)) return;
    const { times, whole } = JSON.parse(readFileSync(MADE, 'utf8'));
    this.#times = new Map(times);
    this.#whole = new Set(whole);
  }

  /** The tests of a file, its modules evaluated anew. */
  #load(file) {
    return collect(file, vitest => {
      const module = { exports: {} };
      const given = { vitest, 'fast-check': this.#fewRuns };
      this.#script.runInThisContext()(name => given[name] ?? this.#require(name), module);
      module.exports[file]();
    });
  }

  /** fast-check with few runs, which are the same for each mutant. */
  get #fewRuns() {
    const assert = (property, options = {}) =>
      fc.assert(property, {
        ...options,
        seed: SEED,
        endOnFailure: true,
        numRuns: part(options.numRuns ?? 100, this.#part),
      });
    return { __esModule: true, ...fc, assert, default: { ...fc, assert } };
  }

  /**
   * Tries tests one after the other, until one fails; for so many milliseconds at most, if a mutant may make one
   * endless. They are one script, since to watch over a script takes ten times as long as most of the tests.
   */
  async #tried(tests, most) {
    const results = [];
    const add = ({ id, name, file }, began, how) => {
      const timeSpentMs = Math.ceil(busy() - began);
      results.push({ id, name, fileName: file, timeSpentMs, status: TestStatus.Success, ...how });
    };
    while (results.length < tests.length && !isFailed(results)) {
      let began;
      let promised;
      globalThis.tryTests = () => {
        for (const test of tests.slice(results.length)) {
          began = busy();
          this.#part = this.#whole.has(test.id) ? 1 : RUNS;
          promised = test.run();
          if (typeof promised?.then === 'function') return;
          add(test, began);
        }
        promised = undefined;
      };
      try {
        call.runInThisContext(most === undefined ? {} : { timeout: most });
        if (promised === undefined) break;
        await promised;
        add(tests[results.length], began);
      } catch (error) {
        add(tests[results.length], began, failure(error));
      }
    }
    return results;
  }

  /** Tries tests that a mutant may have made endless, again if other programs had the processor meanwhile. */
  async #patiently(tests) {
    let most = PATIENCE + tests.reduce((sum, { id }) => sum + 10 * this.#time(id), 0);
    for (const bound = most / 3; ; most *= 2) {
      const before = busy();
      const results = await this.#tried(tests, Math.ceil(most));
      if (!results.at(-1)?.isEndless || busy() - before > bound) return results;
    }
  }

  async dryRun() {
    this.#space.activeMutant = undefined;
    const tests = [];
    const mutantCoverage = { static: {}, perTest: {} };
    for (const file of this.#files) {
      // What is evaluated for the first file stays compiled for the next, but must be counted for each.
      this.#space.mutantCoverage = { static: {}, perTest: {} };
      this.#space.currentTestId = undefined;
      for (const test of this.#load(file)) {
        this.#space.currentTestId = test.id;
        let [result] = await this.#tried([test]);
        if (result.status === TestStatus.Failed) {
          this.#whole.add(test.id);
          [result] = await this.#tried([test]);
        }
        this.#times.set(test.id, result.timeSpentMs);
        tests.push(result);
      }
      const found = this.#space.mutantCoverage;
      for (const [id, count] of Object.entries(found.static))
        mutantCoverage.static[id] = (mutantCoverage.static[id] ?? 0) + count;
      Object.assign(mutantCoverage.perTest, found.perTest);
    }
    this.#space.currentTestId = undefined;
    writeFileSync(MADE, JSON.stringify({ times: [...this.#times], whole: [...this.#whole] }));
    return { status: DryRunStatus.Complete, tests, mutantCoverage };
  }

  async mutantRun({ activeMutant, testFilter, hitLimit, mutantActivation, sandboxFileName }) {
    this.#remember();
    Object.assign(this.#space, { hitLimit, hitCount: 0, activeMutant: undefined });
    this.#space.mutantCoverage = { static: {}, perTest: {} };
    const isStatic = mutantActivation === 'static';
    const rooms = roomsThatTry(sandboxFileName).map(room => join('test', room, '/'));
    const tries = path => rooms.some(room => path.startsWith(room));
    const rounds = isStatic
      ? [{ files: this.#files.filter(tries), isAnew: true }]
      : this.#rounds(sandboxFileName, (testFilter ?? [...this.#times.keys()]).filter(tries));
    let tests = [];
    for (const { files, wanted, isAnew } of rounds) {
      tests = [];
      for (const file of files) {
        if (isAnew) this.#loaded.delete(file);
        try {
          tests.push(...(await this.#triedIn(file, activeMutant.id, wanted, isStatic)));
        } catch (error) {
          tests.push({ id: file, name: file, fileName: file, timeSpentMs: 0, ...failure(error) });
        }
        this.#space.activeMutant = undefined;
        if (isFailed(tests)) break;
      }
      if (isFailed(tests)) break;
    }
    if (isFailed(tests) && !isStatic) this.#killed(sandboxFileName, tests.at(-1).id);
    const tooMany = determineHitLimitReached(this.#space.hitCount, hitLimit);
    const endless = tests.at(-1)?.isEndless && {
      status: DryRunStatus.Timeout,
      reason: tests.at(-1).failureMessage,
    };
    return toMutantRunResult(tooMany ?? (endless || { status: DryRunStatus.Complete, tests }));
  }

  /**
   * Tries a mutant with the wanted tests of a file, up to the first that fails. The file stays loaded for the next mutant.
   * A mutant may leave something wrong in a cache: a test that then also fails without it says nothing, and is tried again
   * with modules evaluated anew.
   */
  async #triedIn(file, mutant, wanted, isStatic) {
    if (isStatic) {
      this.#loaded.delete(file);
      this.#space.activeMutant = mutant;
    }
    const known = this.#loaded.get(file);
    const all = known ?? this.#load(file);
    if (!isStatic) this.#loaded.set(file, all);
    const tests = all
      .filter(test => !wanted || wanted.has(test.id))
      .sort((a, b) => this.#time(a.id) - this.#time(b.id));
    const results = [];
    for (let at = 0; at < tests.length && !isFailed(results); at += TOGETHER) {
      this.#space.activeMutant = mutant;
      results.push(...(await this.#patiently(tests.slice(at, at + TOGETHER))));
    }
    if (!isFailed(results) || isStatic) return results;
    const { isEndless } = results.at(-1);
    if (!isEndless && (await this.#passesWithout(tests[results.length - 1]))) return results;
    this.#loaded.delete(file);
    return known && !isEndless ? this.#triedIn(file, mutant, wanted, isStatic) : results;
  }

  /** Whether a test passes without the mutant, after it failed with it. */
  async #passesWithout(test) {
    const { hitCount } = this.#space;
    this.#space.activeMutant = undefined;
    const results = await this.#tried([test]);
    this.#space.hitCount = hitCount;
    return !isFailed(results);
  }

  /**
   * Returns the tests that try a mutant of a file, in rounds: each test that killed another mutant of the file, then the
   * quickest ones. A cache of a module that stays loaded may hide a mutant, so the last round evaluates modules anew, if that
   * does not take long.
   */
  #rounds(file, ids) {
    let left = ENOUGH;
    const enough = ids
      .toSorted((a, b) => this.#time(a) - this.#time(b))
      .filter(id => (left -= this.#time(id)) >= 0);
    const round = (wanted, isAnew) => ({ files: this.#inOrder(wanted), wanted: new Set(wanted), isAnew });
    const killers = (this.#killers.get(file) ?? []).filter(id => ids.includes(id));
    return [
      ...killers.reverse().map(id => round([id], false)),
      round(enough, false),
      ...(ENOUGH - left < LONG ? [round(enough, true)] : []),
    ];
  }

  #killed(file, id) {
    if (this.#time(id) > QUICK || !this.#times.has(id)) return;
    const others = (this.#killers.get(file) ?? []).filter(each => each !== id);
    this.#killers.set(file, [...others, id].slice(-KILLERS));
  }

  #time(id) {
    return this.#times.get(id) ?? 0;
  }

  /** The files of some tests, or all, those first that are done soonest. */
  #inOrder(ids) {
    if (!ids) return this.#files;
    const times = new Map();
    for (const id of ids) {
      const file = id.slice(0, id.indexOf('#'));
      times.set(file, (times.get(file) ?? 0) + this.#time(id));
    }
    return [...times].sort((a, b) => a[1] - b[1]).map(([file]) => file);
  }
}

/** Returns a part of a property's runs. */
const part = (runs, of) => Math.max(Math.min(runs, LEAST), Math.ceil(runs * of));

/** How many milliseconds this process has used, whatever others do meanwhile. */
const busy = () => process.cpuUsage().user / 1000;

const isFailed = results => results.at(-1)?.status === TestStatus.Failed;

const failure = error => ({
  status: TestStatus.Failed,
  failureMessage: String(error?.message ?? error),
  isEndless: error?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT',
});

const runner = options => new PureTestRunner(options);
runner.inject = tokens(commonTokens.options);

export const strykerPlugins = [declareFactoryPlugin(PluginKind.TestRunner, 'pure', runner)];
