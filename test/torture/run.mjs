/**
 * npm run torture [-- --only NAME] [-- --scale 0.1] [-- --seed 1]
 *
 * Tries to break the store (proofs/), and prints a table of what was tried and what was violated. The whole takes about
 * an hour; --only picks the proofs whose names begin with these words. SHARES_FROM=3 in the environment gives small
 * snapshots the form of large ones.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const directory = mkdtempSync(join(tmpdir(), 'crm-torture-'));
try {
  const bundled = name => {
    const bundle = ['test/torture/bundle.mjs', `test/torture/${name}`, directory];
    return execFileSync(process.execPath, bundle, { encoding: 'utf8' });
  };
  const main = [bundled('main.ts'), bundled('worker.ts'), ...process.argv.slice(2)];
  const { status } = spawnSync(process.execPath, main, { stdio: 'inherit' });
  process.exitCode = status ?? 1;
} finally {
  rmSync(directory, { recursive: true, force: true });
}
