/**
 * Changes the code of the pure rooms in small ways, one after the other, and looks whether a test notices: `npm run
 * mutate`, or `npm run mutate -- --mutate 'src/domain/money.ts'` for some files. Only tests of the rooms that are changed
 * run, since those that go through whole commands take too long to be run for each mutant; a mutant that only they would kill
 * survives here, and says that a law is missing at the level where the behaviour lives.
 */
const ROOMS = ['domain', 'kinds', 'query', 'engine', 'state'];
const asked = process.argv
  .slice(2)
  .find((_, i, words) => /^(-m|--mutate)$/.test(words[i - 1]) || /^--mutate=/.test(words[i]));
const named = ROOMS.filter(room => asked?.includes(`src/${room}/`));
// For vitest.config.ts, which is read in another process.
process.env.MUTATED_ROOMS = (named.length > 0 ? named : ROOMS).join(' ');

export default {
  testRunner: 'vitest',
  vitest: { related: true },
  plugins: ['@stryker-mutator/vitest-runner'],
  mutate: ['src/{domain,kinds,query,engine,state}/**/*.ts'],
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
  // A mutant at the top of a module would need a new process each; they are constants and tables, mostly of words.
  ignoreStatic: true,
  timeoutMS: 10_000,
  concurrency: 1,
  thresholds: { high: 85, low: 60, break: null },
  disableTypeChecks: true,
};
