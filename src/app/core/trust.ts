/**
 * What the user of this machine trusts, and was told. A workspace that belongs to somebody else is used only if the
 * user names it, or has allowed it to be found on the way upwards (like git's safe.directory).
 */
import { failed } from '../../domain/errors.ts';
import { type Machine, MachineState } from '../../store/machine/machine-state.ts';
import { findWorkspace, type Found, type Surroundings } from '../../store/site/workspace.ts';

/** This machine and user, and how to warn. */
interface Here extends Machine, Surroundings {
  readonly dryRun: boolean;
  readonly warn: (message: string) => void;
}

/** `trust.json`: facts about directories, by real path. */
interface Trust {
  directories?: { [dir: string]: { trusted?: true; told?: true } };
}

const trustOf = (here: Here) => new MachineState<Trust>(here, 'trust', {});

/** The facts about a directory. The keys begin with a slash, so that none of them has a meaning in JavaScript. */
const knownOf = ({ directories = {} }: Trust, dir: string) => directories[dir] ?? {};

/**
 * Returns the workspace's directory (`findWorkspace`), if it may be used. FAILED if it belongs to somebody else and
 * was not named.
 */
export async function admittedWorkspace(here: Here, dir: string | undefined): Promise<string> {
  const found = findWorkspace(here.io, dir, here);
  if (found.foreign !== undefined) await admit(here, found);
  return found.dir;
}

async function admit(here: Here, { dir, isNamed, foreign }: Found): Promise<void> {
  const real = String(here.io.realpathSync(dir));
  const known = knownOf(readQuietly(here), real);
  if (known.trusted) return;
  if (!isNamed)
    throw failed(
      `${foreign} belongs to another user, and what is in a workspace decides what crm does`,
      `crm -C ${dir} COMMAND uses it once; crm -C ${dir} trust --directory from now on`,
    );
  if (known.told) return;
  here.warn(`${foreign} belongs to another user; this is said once`);
  try {
    await trustOf(here).update(trust => {
      note(trust, real, { told: true });
    });
  } catch {
    // The warning is printed again next time.
  }
}

/** Without a readable state directory, nothing is trusted. */
function readQuietly(here: Here): Trust {
  try {
    return trustOf(here).read();
  } catch {
    return {};
  }
}

function note(trust: Trust, dir: string, known: { trusted?: true; told?: true }): void {
  trust.directories = { ...trust.directories, [dir]: { ...knownOf(trust, dir), ...known } };
}

export interface TrustedDirectory {
  readonly directory: string;
  readonly trusted: boolean;
  /** Whether it was noted before. */
  readonly changed: boolean;
}

/** Trusts the workspace's directory on this machine, or ends that. */
export async function trustDirectory(
  here: Here,
  dir: string | undefined,
  trusted: boolean,
): Promise<TrustedDirectory> {
  const directory = String(here.io.realpathSync(findWorkspace(here.io, dir, here).dir));
  const changed = (knownOf(trustOf(here).read(), directory).trusted === true) !== trusted;
  if (changed && !here.dryRun)
    await trustOf(here).update(trust => {
      if (trusted) note(trust, directory, { trusted: true, told: true });
      else delete trust.directories?.[directory];
    });
  return { directory, trusted, changed };
}
