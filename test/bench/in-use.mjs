/**
 * A workspace in which people work: deals of 20 fields, a task for every fifth and a note for every tenth, a second
 * pipeline with a twentieth as many open deals, and so many transactions after the last checkpoint that the next
 * few would bring another one.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const IMPORTED = '2026-08-03T08:00:00Z';
const WORKED = '2026-08-03T09:00:00Z';
/** A checkpoint comes after 256. */
const TRANSACTIONS_SINCE = 250;
/** A word that few notes and no deals have. */
export const RARE_WORD = 'zeppelin';

const day = n => `2026-${String(8 + (n % 3)).padStart(2, '0')}-${String(1 + (n % 28)).padStart(2, '0')}`;
const every = (step, count, line) =>
  Array.from({ length: Math.floor(count / step) }, (_, i) => line((i + 1) * step));

/**
 * Adds to a workspace of `count` deals what is to be done, what was noted, and what happened since. `first` is called
 * before these last transactions.
 */
export function work({ crm, crmEach, dir, files }, count, first) {
  mkdirSync(join(dir, 'pipelines'), { recursive: true });
  writeFileSync(
    join(dir, 'pipelines', 'projects.yaml'),
    'name: Projects\nstages:\n  - { id: asked, name: Asked }\n  - { id: planned, name: Planned, probability: 50 }\n',
  );
  const add = (kind, name, lines) => {
    const path = join(files, `${name}.csv`);
    writeFileSync(path, `${lines.join('\n')}\n`);
    crm(['import', kind, path, '--same-workspace'], IMPORTED);
  };
  add('deals', 'projects', [
    'title,pipeline,stage,value',
    ...every(20, count, n => `Fit-out ${n},projects,${n % 40 ? 'asked' : 'planned'},${n * 7}.50`),
  ]);
  add('tasks', 'tasks', [
    'title,for,type,due',
    ...every(5, count, n => `Call about the delivery of ${n},D${n},call,${day(n)}`),
  ]);
  add('activities', 'notes', [
    'for,type,text',
    ...every(10, count, n => `D${n},note,"Wants the oak; ${n % 970 ? 'second floor, no lift' : RARE_WORD}"`),
  ]);
  const stages = ['in-progress', 'awaiting-contact', 'serious-prospect'];
  const moves = [];
  for (let i = 0, n = 7; i < TRANSACTIONS_SINCE; i++) {
    n = (n * 1_103 + 12_345) % count;
    moves.push(['deal', 'move', `D${n + 1}`, stages[i % stages.length]]);
  }
  // The user as whom these commands act.
  crm(['user', 'add', 'ana', '--name', 'Ana Ruiz', '--role', 'admin'], IMPORTED);
  first?.();
  crmEach(moves, WORKED);
  // What ran there is another version of crm, whose caches are not used: these commands make them anew.
  crm(['status'], WORKED);
  crm(['deal', 'list', RARE_WORD], WORKED);
}
