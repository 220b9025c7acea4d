/** Every system call of a commit fails, or is the last one before a kill: what then stands on disk, and what comes next. */
import { cpSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Draft } from '../../src/domain/draft.ts';
import { CrmError } from '../../src/domain/errors.ts';
import { contentsOf } from '../domain/contents.ts';
import { emptyDirectory } from '../harness.ts';
import { type Fault, faultyIo, GONE } from './faulty-io.ts';
import { Home } from './home.ts';

const PIPELINE = 'pipelines/sales.yaml';
const TEMPLATE = 'templates/old.md';

const stageAdded = (text: string) => `${text}  - { id: later, name: Later }\n`;

/** Changes records, adds to a file, and takes another one away. */
function work(draft: Draft): void {
  draft.add('deal', { title: 'Faulty' });
  draft.set('D1', { title: 'Changed' });
  draft.remove('D2');
  draft.edit(PIPELINE, stageAdded(String(draft.state.named('file').get(PIPELINE)!.text)));
  draft.edit(TEMPLATE, null);
}

async function workspaceOf(transactions: number): Promise<Home> {
  const home = new Home();
  home.write(TEMPLATE, '---\nsubject: Old\n---\n');
  await home.commit(draft => {
    for (const title of ['One', 'Two', 'Three']) draft.add('deal', { title });
  });
  const { store } = await home.workspace();
  let tip = await store.journal.tip();
  while (tip.seq < transactions)
    tip = (await store.journal.append(tip, {
      request: `request ${tip.seq}`,
      at: '2026-09-14T09:00:00.000Z',
      by: 'ana',
      via: 'test',
      changes: [{ kind: 'deal', id: 'D3', set: { title: ['Three', 'Three'] } }],
    }))!;
  return home;
}

/** Does the work in a copy of the workspace with the nth call at fault; returns what call that was, or undefined. */
async function tryWith(original: Home, nth: number, fault: Fault): Promise<string | undefined> {
  const dir = join(emptyDirectory(), 'ws');
  cpSync(original.dir, dir, { recursive: true });
  const home = new Home(dir);
  home.now = Date.parse('2026-09-15T08:00:00Z');
  const text = (path: string) => (existsSync(home.path(path)) ? readFileSync(home.path(path), 'utf8') : null);
  const [pipeline, template] = [text(PIPELINE), text(TEMPLATE)];
  const before = (await (await home.workspace()).store.journal.tip()).seq;

  const { io, what } = faultyIo(nth, fault);
  const acknowledged = await home.commit(work, { io, pid: GONE }).then(
    () => true,
    (error: unknown) => {
      if (fault === 'fail') expect(error, what()).toBeInstanceOf(CrmError);
      return false;
    },
  );
  const where = `${fault} at call ${nth}: ${what()}`;

  // Readers go on, and see the whole of it or nothing.
  const done = await home.opened(state => state.seq > before && state.get('D4') !== undefined);
  if (acknowledged) expect(done, where).toBe(true);
  expect(await home.opened(contentsOf), where).toEqual(contentsOf(await home.folded()));
  expect(
    await home.opened(state => [
      state.get('D1')?.title,
      state.get('D2') === undefined,
      state.get('D4')?.title,
    ]),
    where,
  ).toEqual(done ? ['Changed', true, 'Faulty'] : ['One', false, undefined]);
  if (fault === 'fail' && !done)
    expect([text(PIPELINE), text(TEMPLATE)], where).toEqual([pipeline, template]);
  if (fault === 'fail' && !acknowledged) expect(done, where).toBe(false);

  // The next command works, and finishes what was begun.
  const { result } = await home.commit(draft => draft.add('deal', { title: 'Next' }).id);
  expect(result, where).toBe(done ? 'D5' : 'D4');
  expect(text(TEMPLATE), where).toBe(done ? null : template);
  if (done) expect(text(PIPELINE), where).toBe(stageAdded(pipeline!));
  else expect([pipeline, stageAdded(pipeline!)], where).toContain(text(PIPELINE));
  await home.checkpoint();
  expect(await home.opened(contentsOf), where).toEqual(contentsOf(await home.folded()));
  expect(
    home.warnings.filter(warning => warning.includes('by hand')),
    where,
  ).toEqual([]);
  rmSync(dir, { recursive: true, force: true });
  return what() || undefined;
}

describe.each<Fault>(['fail', 'kill'])(
  'a commit of which one call after another does: %s',
  { timeout: 600_000 },
  fault => {
    test('is there whole or not at all, and the next one goes on', async () => {
      const original = await workspaceOf(3);
      const calls: string[] = [];
      for (let nth = 1; ; nth++) {
        const what = await tryWith(original, nth, fault);
        if (what === undefined) break;
        calls.push(what);
      }
      expect(calls.length).toBeGreaterThan(40);
      expect(calls.filter(call => /^link .*journal/.test(call))).toHaveLength(1);
    });

    test('also one that packs the journal', async () => {
      const original = await workspaceOf(257);
      let last = 0;
      // It makes some 600 calls, most of which remove loose files: every 59th will do.
      for (let nth = 1; (await tryWith(original, nth, fault)) !== undefined; nth += 59) last = nth;
      expect(last).toBeGreaterThan(256);
    });
  },
);
