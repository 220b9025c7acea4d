import { readFileSync, statfsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, resolve } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { transpiled } from './test/transpiled.ts';

/**
 * What a test, or a file of test/ that it imports, has in it if it starts programs. Those go first: a worker is forked for
 * each, pages and all, which takes ten times as long, and makes every page slow once more, when it has grown to 600 MB.
 */
const startsPrograms = /'node:child_process'|'execa'|'playwright-core'|git\+file|channels\/processes/;

/** Files that run for five seconds or more: vitest, which goes by size, would begin with some of them last. */
const long =
  /\/(hidden-things|hostile|store|triggers|doctor|trash-and-settings|widths|hostile-names|s3|smtp|time|steps)\.test\.ts$/;

/** Files that start programs first, and then the long ones, so that no worker is left with one of them when the others are done. */
class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const turnOf = ({ moduleId }: TestSpecification) =>
      textsOf(moduleId).some(text => startsPrograms.test(text)) ? 0 : long.test(moduleId) ? 1 : 2;
    const turns = new Map(files.map(file => [file, turnOf(file)]));
    return (await super.sort(files)).sort((a, b) => turns.get(a)! - turns.get(b)!);
  }
}

/** The text of a test, and of each file beside or above it in test/ that it imports. */
function textsOf(path: string): string[] {
  const text = readFileSync(path, 'utf8');
  const imported = [...text.matchAll(/ from '(\.[^']+\.ts)'/g)]
    .map(([, each]) => resolve(dirname(path), each!))
    .filter(each => each.includes('/test/'));
  return [text, ...imported.map(each => readFileSync(each, 'utf8'))];
}

/** A file system in memory: on ext4, a rename over an existing file waits for the disk. */
const MEMORY = '/dev/shm';

/** Whether this machine has one, with room for what tests write, from which programs may be started. */
function isMemoryFit(): boolean {
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    const mount = readFileSync('/proc/mounts', 'utf8')
      .split('\n')
      .find(line => line.split(' ')[1] === MEMORY);
    return bavail * bsize > 2 ** 29 && mount !== undefined && !mount.includes('noexec');
  } catch {
    return false;
  }
}

/**
 * Code is optimised after about eight times as much work as V8 would wait for: optimising took a fifth of the time of a worker.
 * Node 22 does not know this option, and would not start.
 */
const lateOptimising = process.version.startsWith('v20.') ? ['--interrupt-budget=1000000'] : [];

export default defineConfig({
  plugins: [transpiled],
  test: {
    include: ['test/**/*.test.ts'],
    // Modules of src/ are made before a run, so vitest would not see that one of them has changed.
    watch: false,
    // Of each worker, and of all programs that tests start.
    env: {
      ...(isMemoryFit() && { TMPDIR: MEMORY }),
      // Each start of Node would read the file of certificates that this names, and take half as long again.
      NODE_EXTRA_CA_CERTS: '',
    },
    // Property and fault tests, and those with many processes, run long on a busy machine; nothing here is a test of speed.
    testTimeout: 600_000,
    hookTimeout: 120_000,
    // One worker more than cores: a test that waits for a program which it started needs no core.
    maxWorkers: availableParallelism() + 1,
    // A worker loads the program once, and not once for every file: half of the time went into that. No test changes
    // what another one may read: modules keep caches alone, and time, chance and the environment are given to each run.
    isolate: false,
    execArgv: [
      '--enable-source-maps',
      // Fewer and quicker collections of garbage: nearly everything here is young, and both cores have a worker already.
      '--max-semi-space-size=64',
      '--single-threaded-gc',
      // The next file may need what the last one did not: code that was dropped meanwhile would be compiled again.
      '--no-flush-bytecode',
      // Much code runs a hundred times, and little of it a million times. Machine code is made of it at once.
      '--always-sparkplug',
      ...lateOptimising,
    ],
    sequence: { sequencer: LongFirst },
    // A suite that found no tests is a mistake.
    passWithNoTests: false,
  },
});
