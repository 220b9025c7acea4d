import { ROOMS } from './test/mutants/rooms.mjs';

/**
 * Changes the code of the pure rooms in small ways, one after the other, and looks whether a test notices: `npm run
 * mutate`, or `npm run mutate -- --mutate 'src/domain/money.ts'` for some files. Only tests of the pure rooms run, since
 * those that go through whole commands take too long to be run for each mutant; a mutant that only they would kill
 * survives here, and says that a law is missing at the level where the behaviour lives.
 */
export default {
  testRunner: 'pure',
  plugins: ['./test/mutants/runner.mjs'],
  mutate: Object.keys(ROOMS).map(room => `src/${room}/**/*.ts`),
  ignorePatterns: ['/demo', '/dist', '/docs', '/completions', '/demo-report.html', '/.stryker'],
  // Stryker would rewrite it with an API that TypeScript 7 does not have, and nothing here reads it.
  tsconfigFile: 'no-tsconfig.json',
  tempDirName: '.stryker/sandbox',
  incremental: true,
  incrementalFile: '.stryker/incremental.json',
  reporters: ['clear-text', 'progress', 'html'],
  htmlReporter: { fileName: '.stryker/report.html' },
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false, allowEmojis: false },
  coverageAnalysis: 'perTest',
  // Mutants at the top of a module would need all tests each; they are constants and tables, mostly of words.
  ignoreStatic: true,
  // The runner finds endless tests itself: this is for promises that never come.
  timeoutMS: 120_000,
  concurrency: 1,
  thresholds: { high: 85, low: 60, break: null },
  disableTypeChecks: true,
};
