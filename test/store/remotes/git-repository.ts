/** Empty git repositories for tests, without a call of git for each. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emptyDirectory } from '../../harness.ts';

let made: string | undefined;

/** Makes an empty repository, as a copy of one that starts no program to tidy up after a push; returns `dir`. */
export function bareRepository(dir = join(emptyDirectory(), 'crm.git')): string {
  if (made === undefined) {
    const first = mkdtempSync(join(tmpdir(), 'crm-git-'));
    execFileSync('git', ['init', '--quiet', '--bare', '--template=', first]);
    execFileSync('git', ['-C', first, 'config', 'receive.autogc', 'false']);
    process.once('exit', () => rmSync(first, { recursive: true, force: true }));
    made = first;
  }
  cpSync(made, dir, { recursive: true });
  return dir;
}
