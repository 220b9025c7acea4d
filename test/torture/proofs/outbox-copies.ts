/**
 * Workspaces that are not what they were when they last sent: a clone, a lost state directory, a restored backup, a clock
 * that was put back, a time that is given. None of them sends what may have been sent, and none loses anything.
 */
import { type Image, MemoryDisk } from '../disk.ts';
import { Machine } from '../machine.ts';
import { contacts, lettersIn, openPost, type Post, wrongOf } from '../post.ts';
import { counted, type Outcome, type Proof } from '../proof.ts';
import { DIR } from '../scenarios.ts';
import { queued } from './outbox-calls.ts';

const LETTERS = 4;
const own = { isOwnTime: true } as const;

export const outboxCopies: Proof = {
  name: 'outbox, copies',
  what: 'clones, restored backups and lost state: nothing is sent twice',
  run: tryCopies,
};

/** Where a machine keeps what it knows, and what is not there when that is lost. */
const STATE = '/.local/state/crm';

/** What is done to the disk after half of the e-mails were sent; `before` is the disk as it was before that. */
const mishaps: Readonly<Record<string, (now: Image, before: Image) => { image: Image; dir?: string }>> = {
  'a clone beside it': now => ({ image: copied(now, DIR, '/clone'), dir: '/clone' }),
  'the state of the machine is lost': now => ({ image: without(now, STATE) }),
  'a clone on another machine': now => ({ image: without(copied(now, DIR, '/clone'), STATE), dir: '/clone' }),
  'a backup of the workspace is restored': (now, before) => ({
    image: merged(without(now, DIR), before, DIR),
  }),
  'a backup of the whole machine is restored, and the workspace is the new one': (now, before) => ({
    image: merged(without(now, STATE), before, STATE),
  }),
};

const below = (path: string, dir: string): boolean => path === dir || path.startsWith(`${dir}/`);

const without = ({ directories, files }: Image, dir: string): Image => ({
  directories: new Set([...directories].filter(path => !below(path, dir))),
  files: new Map([...files].filter(([path]) => !below(path, dir))),
});

/** The first image, with what the second has below `dir`. */
const merged = (onto: Image, { directories, files }: Image, dir: string): Image => ({
  directories: new Set([...onto.directories, ...[...directories].filter(path => below(path, dir))]),
  files: new Map([...onto.files, ...[...files].filter(([path]) => below(path, dir))]),
});

const copied = (image: Image, from: string, to: string): Image => {
  const moved = (path: string) => `${to}${path.slice(from.length)}`;
  return {
    directories: new Set([
      ...image.directories,
      ...[...image.directories].filter(path => below(path, from)).map(moved),
    ]),
    files: new Map([
      ...image.files,
      ...[...image.files]
        .filter(([path]) => below(path, from))
        .map(([path, { bytes }]) => [moved(path), { bytes }] as const),
    ]),
  };
};

export async function tryCopies(): Promise<Outcome> {
  const violations: string[] = [];
  const post = await openPost();
  try {
    const before = await queued(post.port, LETTERS);
    const now = await halfSent(before, post);
    const half = post.arrived();
    for (const [mishap, happens] of Object.entries(mishaps)) {
      const wrong = await deliveredAfter(happens(now, before), post, half);
      violations.push(...wrong.map(each => `${mishap}: ${each}`));
    }
    violations.push(...(await withOddClocks(now, post)));
    return { tried: counted(Object.keys(mishaps).length + 2, 'mishaps'), violations };
  } finally {
    await post.close();
  }
}

/** The disk after two of the e-mails were sent; two came in since. */
async function halfSent(before: Image, post: Post): Promise<Image> {
  const disk = new MemoryDisk(before);
  const machine = new Machine(disk.io, DIR);
  await machine.ok(['deliver'], own);
  const rows = contacts(LETTERS + 2).split('\n');
  const stdin = [rows[0], ...rows.slice(LETTERS + 1)].join('\n');
  await machine.ok(['import', 'contacts', '-', '--trigger'], { stdin });
  await machine.ok(['run', '--no-deliver'], own);
  if (post.arrived().size !== LETTERS) throw new Error('the first delivery did not send what was queued');
  return disk.image();
}

async function deliveredAfter(
  { image, dir = DIR }: { image: Image; dir?: string },
  post: Post,
  half: ReadonlyMap<string, number>,
): Promise<string[]> {
  const machine = new Machine(new MemoryDisk(image).io, dir);
  for (let again = 0; again < 2; again++) {
    const { code, err } = await machine.crm(['deliver'], own);
    if (code !== 0 && code !== 1) return [`exit ${code}: ${err}`];
  }
  const letters = await lettersIn(machine);
  const wrong = [...post.arrived()]
    .filter(([to, times]) => times !== (half.get(to) ?? 0))
    .map(([to]) => `something was sent to ${to}`);
  const lost = letters.filter(({ status }) => !['sent', 'queued', 'held', 'unknown'].includes(status));
  return [...wrong, ...lost.map(({ id, status }) => `${id} is ${status}`)];
}

/** The clock is put back by a month, and then the time is given. */
async function withOddClocks(now: Image, post: Post): Promise<string[]> {
  const early = { ...own, now: '2026-08-14T08:00:00.000Z' };
  const machine = new Machine(new MemoryDisk(now).io, DIR);
  await machine.crm(['deliver'], { now: '2026-09-14T09:00:00.000Z' });
  const wrong = post.arrived().size === LETTERS ? [] : ['a time that was given: something was sent'];
  await machine.crm(['deliver'], early);
  await machine.crm(['deliver'], own);
  return [
    ...wrong,
    ...wrongOf(await lettersIn(machine), post.arrived(), LETTERS + 2).map(
      each => `a clock put back: ${each}`,
    ),
  ];
}
