/**
 * What a key of `crm board -i` costs to be shown, by CPU time, with 5,000 open deals on the board: a key that only goes
 * about (a frame: the step, the cells and what differs), and a change that somebody saved (the board is made again
 * first). Prints the medians as JSON, ms.
 */
import { nothing } from '../../src/app/automation/rehearsal.ts';
import { checkConfig } from '../../src/app/core/check-config.ts';
import { View } from '../../src/app/core/view.ts';
import { clockIn } from '../../src/domain/clock.ts';
import { DAY, formatInstant } from '../../src/domain/dates.ts';
import type { Rec } from '../../src/domain/records.ts';
import { recordKinds } from '../../src/kinds/index.ts';
import { actionOf } from '../../src/screens/keys/actions/index.ts';
import { draw } from '../../src/screens/keys/draw-board.ts';
import { begun, placed, settled, step } from '../../src/screens/keys/model.ts';
import { ShownBoard } from '../../src/screens/keys/shown-board.ts';
import { MemorySource } from '../../src/state/source.ts';
import { type Base, State } from '../../src/state/state.ts';
import type { Grid } from '../../src/ui/full-screen/cells.ts';
import { difference } from '../../src/ui/full-screen/difference.ts';
import { colorPaint } from '../../src/ui/paint.ts';
import { languages } from '../languages.ts';

const DEALS = 5000;
const FRAMES = 200;
const SIZE = { columns: 160, rows: 50 };
const NOW = Date.parse('2026-09-14T08:00:00Z');
const stages = ['asked', 'offered', 'promised', 'waiting', 'signed', 'delivered'];

const files = new Map([
  ['crm.yaml', 'name: Bench\ntimezone: Europe/Amsterdam\ncurrency: EUR\n'],
  [
    'pipelines/sales.yaml',
    `name: Sales\nstages:\n${stages.map(id => `  - { id: ${id}, name: ${id}, color: blue, probability: 20 }\n`).join('')}`,
  ],
]);

const createdAt = formatInstant(NOW - DAY);
const deals: Rec[] = Array.from({ length: DEALS }, (_, n) => ({
  id: `D${n + 1}`,
  title: n % 9 === 0 ? `株式会社 ${n} 木村家具` : `Deal ${n}, chairs and tables for an office`,
  value: `${(n * 37) % 60_000}.50`,
  currency: 'EUR',
  pipeline: 'sales',
  stage: stages[n % stages.length]!,
  status: 'open',
  createdAt,
  updatedAt: createdAt,
  stageSince: createdAt,
}));

const { config, problems } = checkConfig(files, recordKinds, languages);
if (!config || problems.length > 0) throw new Error(JSON.stringify(problems));
const base: Base = {
  ...nothing,
  seq: 1,
  seqOf: () => 1,
  source: kind => new MemorySource(kind === 'deal' ? deals : []),
  named: () => [],
  next: kind => (kind === 'deal' ? DEALS + 1 : 1),
};
const state = new State(base, config);
const view = () => new View(state, { user: 'ana', role: 'admin' }, clockIn(config, NOW));
const look = () =>
  new ShownBoard(view(), { pipeline: config.pipelines[0]!, by: 'stage', query: [], closed: false });

/** The median of the CPU time that something takes, ms; what comes first warms up. */
function median(does: (n: number) => void): number {
  const times: number[] = [];
  for (let n = 0; n < FRAMES; n++) {
    const before = process.cpuUsage();
    does(n);
    const { user, system } = process.cpuUsage(before);
    if (n >= FRAMES / 4) times.push((user + system) / 1000);
  }
  return times.sort((a, b) => a - b)[times.length >> 1]!;
}

async function measure(): Promise<void> {
  const paint = await colorPaint('\u001b');
  let board = look();
  let model = placed(begun('sales', false), board);
  let shown: Grid | undefined;
  let written = 0;

  function frame(): void {
    const drawn = draw(model, board, SIZE, paint);
    written += difference(shown, drawn.grid).length;
    ({ model } = drawn);
    shown = drawn.grid;
  }

  const keys = ['j', 'j', 'j', 'l', 'j', 'page-down', 'h', 'k'];
  const going = median(n => {
    model = step(model, board, { name: keys[n % keys.length]! }, actionOf).model;
    frame();
  });
  const changed = median(n => {
    const id = `D${n + 1}`;
    const set = { stage: [stages[n % 6]!, stages[(n + 1) % 6]!] as const };
    state.apply({ kind: 'deal', id, set }, formatInstant(NOW), n + 2);
    board = look();
    model = settled(model, board);
    frame();
  });
  process.stdout.write(JSON.stringify({ going, changed, bytes: Math.round(written / (2 * FRAMES)) }));
}

void measure();
