/** Several machines that share one workspace: each with a replica and a state directory of its own. */
import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { emptyDirectory, type Ran, type RunOptions, TestWorkspace, workspace } from '../../harness.ts';

export class Machine extends TestWorkspace {
  readonly state: string;

  constructor(dir: string, state: string) {
    super(dir);
    this.state = state;
    this.requests = basename(state);
  }

  override crm(args: string | readonly string[], options: RunOptions = {}): Promise<Ran> {
    const env = {
      XDG_STATE_HOME: this.state,
      CRM_NO_DELIVER: '1',
      PATH: process.env.PATH ?? '',
      ...options.env,
    };
    return super.crm(args, { ...options, env });
  }

  /** All deals as `D1 title value`. */
  async deals(): Promise<string[]> {
    const all = await this.json<{ id: string; title: string; value: string }[]>('deal list');
    return all.map(({ id, title, value }) => `${id} ${title} ${value}`);
  }

  /** Throws unless doctor finds nothing wrong. */
  async sound(): Promise<void> {
    await this.ok('doctor');
  }
}

export interface Team {
  readonly machines: readonly Machine[];
  /** The address of the remote. */
  readonly url: string;
  /** The directory of the remote. */
  readonly dir: string;
}

/** A workspace with a deal, D1, on a first machine, and its clones on others. */
export async function team(count: number, makeUrl?: (dir: string) => string): Promise<Team> {
  const top = emptyDirectory();
  const dir = join(top, 'shared');
  mkdirSync(dir);
  const url = makeUrl?.(dir) ?? dir;
  const first = new Machine((await workspace()).dir, join(top, 'state-0'));
  await first.ok(['deal', 'add', '40 chairs', '--value', '5000']);
  await first.ok(['remote', 'add', url]);
  const machines = [first];
  for (let i = 1; i < count; i++) {
    const machine = new Machine(join(top, `machine-${i}`), join(top, `state-${i}`));
    await machine.ok(['clone', url, machine.dir], { cwd: top });
    machines.push(machine);
  }
  return { machines, url, dir };
}
