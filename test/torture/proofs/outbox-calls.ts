/**
 * A delivery is killed at every call that changes something on the disk, while a real mail server takes what it sends; the deliveries
 * after it go on. On a disk in memory.
 */
import { type Image, MemoryDisk } from '../disk.ts';
import { changes, faultyIo } from '../faulty-io.ts';
import { GONE, Machine } from '../machine.ts';
import { contacts, lettersIn, openPost, type Post, rule, settings, wrongOf } from '../post.ts';
import { counted, type Outcome, type Proof, type Trial } from '../proof.ts';
import { DIR } from '../scenarios.ts';

const LETTERS = 3;
const own = { isOwnTime: true } as const;

export const outboxCalls: Proof = {
  name: 'outbox, calls',
  what: 'a delivery over SMTP killed at every change of the disk: each e-mail at most once',
  run: killDeliveries,
};

/** Kills as many deliveries as there are calls in one that change something, each in a workspace of its own. */
export async function killDeliveries({ scale, seed, one }: Trial): Promise<Outcome> {
  const violations: string[] = [];
  const step = Math.max(1, Math.round(1 / scale));
  const post = await openPost();
  try {
    const image = await queued(post.port);
    let killed = 0;
    for (let nth = 1 + (seed % step); ; nth += step) {
      post.clear();
      const { what, wrong } = await killOne(image, post, nth);
      if (what === undefined || (one && violations.length > 0)) break;
      killed++;
      violations.push(...wrong.map(each => `killed at call ${nth} (${what}): ${each}`));
    }
    return { tried: counted(killed, 'kills'), violations };
  } finally {
    await post.close();
  }
}

/** Kills one delivery at its nth call. */
async function killOne(
  image: Image,
  post: Post,
  nth: number,
): Promise<{ what: string | undefined; wrong: string[] }> {
  const machine = new Machine(new MemoryDisk(image).io, DIR);
  const faulty = faultyIo(machine.io, nth, 'kill', changes);
  await machine.crm(['deliver'], { ...own, io: faulty.io, pid: GONE });
  const what = faulty.what();
  if (what === undefined) return { what, wrong: [] };
  const wrong: string[] = [];
  for (let again = 0; again < 2; again++) {
    const { code, err } = await machine.crm(['deliver'], own);
    if (code !== 0 && code !== 1) wrong.push(`the next delivery: exit ${code}: ${err}`);
  }
  wrong.push(...wrongOf(await lettersIn(machine), post.arrived(), LETTERS));
  return { what, wrong };
}

/** A disk with a workspace that trusts the server and has e-mails to send. */
export async function queued(port: number, letters = LETTERS): Promise<Image> {
  const disk = new MemoryDisk();
  const made = new Machine(disk.io, DIR);
  await made.ok(['init', DIR, '--template', 'empty']);
  const { io } = made;
  const text = Buffer.concat([io.readFileSync(`${DIR}/crm.yaml`) as Buffer, Buffer.from(settings(port))]);
  const fd = io.openSync(`${DIR}/crm.yaml`, 'w');
  io.writeSync(fd, text, 0, text.length, 0);
  io.closeSync(fd);
  await made.ok(['trust', '--yes'], own);
  await made.ok(['automation', 'add', 'welcome', '-'], { stdin: rule });
  await made.ok(['run', '--no-deliver'], own);
  await made.ok(['import', 'contacts', '-', '--trigger'], { stdin: contacts(letters) });
  await made.ok(['run', '--no-deliver'], own);
  return disk.image();
}
