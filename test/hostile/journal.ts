/** Writes transactions that have a right hash and say what crm itself would never write. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Transaction } from '../../src/domain/changes.ts';
import { encode } from '../../src/store/lines/encoding.ts';
import { looseName } from '../../src/store/journal/journal-directory.ts';
import type { TestWorkspace } from '../harness.ts';

/** Forgets what was computed from the journal, so that the next command reads the journal itself. */
export function forgetCaches({ dir }: TestWorkspace): void {
  rmSync(join(dir, '.crm'), { recursive: true, force: true });
}

/** Appends a transaction of these lines, whatever they say; returns the path of its file in the workspace. */
export function appendForged(
  ws: TestWorkspace,
  changes: readonly unknown[],
  head: { readonly [key: string]: unknown } = {},
): string {
  const journal = join(ws.dir, 'data', 'journal');
  const last = readdirSync(journal)
    .filter(name => /^\d+\.jsonl$/.test(name))
    .sort()
    .at(-1)!;
  const { seq, hash, at } = JSON.parse(
    readFileSync(join(journal, last), 'utf8').trimEnd().split('\n').at(-1)!,
  ) as Transaction;
  const lines: Buffer[] = [];
  const said = {
    seq: seq + 1,
    prev: hash,
    request: `forged-${seq}`,
    at,
    by: 'mallory',
    via: 'deal set',
    salt: 's',
    ...head,
  };
  encode(said as never, { changes: changes as never }, line => lines.push(line));
  writeFileSync(join(journal, looseName(seq + 1)), Buffer.concat(lines));
  forgetCaches(ws);
  return join('data', 'journal', looseName(seq + 1));
}
