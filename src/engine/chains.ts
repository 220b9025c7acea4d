/**
 * Records which rule's work made which other rule begin. A chain that does not end is a loop: the sweep is planned
 * again without the work of its rules on that subject, and with everything else.
 */
import { type Change, idOf } from '../domain/changes.ts';

/** The longest chain of rules that start each other; a longer one is cut. */
const DEEPEST = 16;

/** A rule at work on a subject, and the rule that made it begin. */
export interface Chain {
  readonly automation: string;
  readonly subject: string;
  readonly parent: Chain | undefined;
  /** The first rule of the chain and its subject. */
  readonly root: string;
  readonly depth: number;
}

/** A loop: its rules, and the records that they go round with. */
export interface Loop {
  readonly automations: readonly string[];
  readonly subjects: readonly string[];
}

/** The changes of a rule; without a chain, the changes that followed from those of rules. */
interface Done {
  readonly chain: Chain | undefined;
  readonly changes: readonly Change[];
}

/** Loops by the work to leave out: a rule's work on a subject, in everything that came of one beginning. */
export type Loops = ReadonlyMap<string, Loop>;

const pairOf = (automation: string, subject: string): string => `${automation} ${subject}`;

export class Chains {
  readonly #known: Loops;
  readonly #isNew: (subject: string) => boolean;
  /** The changes of this round: rules of one round do not start each other. */
  #round: Done[] = [];
  /** Earlier rounds that were not indexed yet: most sweeps end with the first round in which rules do something. */
  readonly #rounds: Done[][] = [];
  /** The rules that made a change, and that last touched a record, in earlier rounds. */
  readonly #madeBy = new Map<Change, Chain>();
  readonly #touchedBy = new Map<string, Chain>();
  readonly #last = new Map<string, Chain>();
  /** The loops that were found. */
  readonly found = new Map<string, Loop>();

  /** `known` are loops found before, to leave out; `isNew` tells whether a record was made in this sweep. */
  constructor(known: Loops, isNew: (subject: string) => boolean) {
    this.#known = known;
    this.#isNew = isNew;
  }

  /**
   * Returns the chain that a rule continues for a subject because of a change, or of the state of a record; undefined
   * if a loop was cut there. A rule that begins again in a later round continues its own chain, whatever made it
   * begin.
   */
  next(automation: string, subject: string, cause: Change | string, round: number): Chain | undefined {
    this.#lookBack();
    const touched = typeof cause === 'string' ? this.#touchedBy.get(cause) : this.#madeBy.get(cause);
    const parent = touched ?? (round > 0 ? this.#last.get(pairOf(automation, subject)) : undefined);
    const root = parent?.root ?? pairOf(automation, subject);
    const chain: Chain = { automation, subject, parent, root, depth: (parent?.depth ?? 0) + 1 };
    return this.#known.has(this.#place(chain)) ? undefined : chain;
  }

  /** Notes what a rule did. */
  did(chain: Chain, changes: readonly Change[]): void {
    this.#last.set(pairOf(chain.automation, chain.subject), chain);
    this.#round.push({ chain, changes });
  }

  /** Notes the changes that followed from those of rules: the moves of transitions. */
  followed(changes: readonly Change[]): void {
    if (changes.length > 0) this.#round.push({ chain: undefined, changes });
  }

  endRound(): void {
    this.#rounds.push(this.#round);
    this.#round = [];
  }

  #lookBack(): void {
    for (const round of this.#rounds.splice(0)) {
      const touching = new Map<string, Chain>();
      for (const { chain: its, changes } of round)
        for (const change of changes) {
          const chain = its ?? touching.get(idOf(change)) ?? this.#touchedBy.get(idOf(change));
          if (chain) this.#madeBy.set(change, chain);
          if (!its) continue;
          touching.set(idOf(change), its);
          // A new task or event touches the record that it is about.
          const about = 'add' in change ? (change.add.for ?? change.add.contact) : undefined;
          if (typeof about === 'string') touching.set(about, its);
        }
      for (const [id, chain] of touching) this.#touchedBy.set(id, chain);
    }
  }

  isTooLong({ depth }: Chain): boolean {
    return depth > DEEPEST;
  }

  /** Whether a rule was at work on the same subject before. */
  comesBack({ automation, subject, parent }: Chain): boolean {
    for (let each = parent; each; each = each.parent)
      if (each.automation === automation && each.subject === subject) return true;
    return false;
  }

  /** Ends a chain, and notes the rules that came back in it as a loop. */
  cut(chain: Chain): void {
    const links: { chain: Chain; place: string }[] = [];
    for (let each: Chain | undefined = chain; each; each = each.parent)
      links.unshift({ chain: each, place: this.#place(each) });
    const comeBack = links.filter((link, i) => links.findIndex(other => other.place === link.place) < i);
    // A rule that keeps adding records goes round in them, so its work on the first one belongs to the loop too.
    const making = new Set(comeBack.filter(l => this.#isNew(l.chain.subject)).map(l => l.chain.automation));
    const places = new Set(comeBack.map(link => link.place));
    const round = links.filter(link => places.has(link.place) || making.has(link.chain.automation));
    const looping = round.length > 0 ? round : [links.at(-1)!];
    const subjects = looping.map(link => link.chain.subject);
    const old = subjects.filter(subject => !this.#isNew(subject));
    const loop: Loop = {
      automations: [...new Set(looping.map(link => link.chain.automation))].sort(),
      subjects: [...new Set(old.length > 0 ? old : subjects.slice(0, 1))].sort(),
    };
    for (const { place } of looping) this.found.set(place, loop);
  }

  /** The ids of new records may be others when the sweep is planned again. */
  #place({ automation, subject, root }: Chain): string {
    return `${automation} ${this.#isNew(subject) ? 'new' : subject} after ${root}`;
  }
}

/** Describes a loop. */
export function loopText({ automations, subjects }: Loop): string {
  const [starts, they] = automations.length === 1 ? ['starts itself', 'it'] : ['start each other', 'they'];
  return `a loop: ${automations.join(' and ')} ${starts} again and again; what ${they} did to ${subjects.join(', ')} is left out of this sweep`;
}
