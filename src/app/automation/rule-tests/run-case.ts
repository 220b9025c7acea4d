/** Runs a case in memory: does what commands would do, and sweeps in between with the one plan. */
import type { Config } from '../../../domain/config.ts';
import { formatInstant } from '../../../domain/dates.ts';
import { parseWhen } from '../../../domain/typed-dates.ts';
import { conflict, CrmError } from '../../../domain/errors.ts';
import { findField } from '../../../kinds/fields.ts';
import type { Kind } from '../../../domain/kinds.ts';
import { State } from '../../../state/state.ts';
import type { Languages } from '../../../engine/texts/languages.ts';
import type { Plan } from '../../../engine/plan.ts';
import { changedFields, newFields } from '../../records/given-fields.ts';
import { adjustScore } from '../../records/scores.ts';
import { settableField, type Writer } from '../../core/writer.ts';
import { nothing, Rehearsal } from '../rehearsal.ts';
import type { Action, AddAction, Case, SweepAction } from './cases.ts';
import { type Difference, differences } from './compare.ts';

/** The failure of a case: a sweep that did something else, or a step that was refused. */
export interface Wrong {
  readonly line: number;
  /** The time within the case, an ISO instant. */
  readonly at: string;
  readonly differences: readonly Difference[];
  /** Why a step could not be done; null if a sweep did something else. */
  readonly error: string | null;
}

/** A user with all rights who owns no records. */
const tester = { user: 'tester', role: 'admin' } as const;

/** Runs a case of a rule; undefined if everything is as expected. */
export function runCase(each: Case, automation: string, languages: Languages): Wrong | undefined {
  const running = new Running(each, automation, languages);
  for (const action of each.given) {
    const wrong = running.act(action);
    if (wrong) return wrong;
  }
  running.begin();
  for (const action of each.steps) {
    const wrong = running.act(action);
    if (wrong) return wrong;
  }
  return undefined;
}

class Running {
  readonly #rehearsal: Rehearsal;
  #now: number;

  constructor(each: Case, automation: string, languages: Languages) {
    const config = settingsFor(each, automation);
    this.#rehearsal = new Rehearsal(new State(nothing, config), languages);
    this.#now = parseWhen(each.at, this.#rehearsal.clock(0));
  }

  begin(): void {
    this.#rehearsal.begin(this.#now);
  }

  act(action: Action): Wrong | undefined {
    try {
      return this.#do(action);
    } catch (error) {
      if (!(error instanceof CrmError)) throw error;
      return this.#wrong(action.line, [], error.hint ? `${error.message} (${error.hint})` : error.message);
    }
  }

  #wrong(line: number, found: readonly Difference[], error: string | null): Wrong {
    return { line, at: formatInstant(this.#now), differences: found, error };
  }

  #do(action: Action): Wrong | undefined {
    switch (action.type) {
      case 'add':
        this.#change(writer => add(writer, action));
        return;
      case 'set':
        this.#change(writer => {
          const id = find(
            writer,
            action.record,
            action.kind === undefined ? writer.config.kinds.names : [action.kind],
          );
          writer.set(id, changedFields(writer, id, Object.entries(action.fields)));
        });
        return;
      case 'score':
        this.#change(writer => {
          const id = find(writer, action.record, ['contact', 'deal']);
          const kind = writer.config.kinds.kindOf(id) as 'contact' | 'deal';
          adjustScore(writer, kind, id, {
            score: undefined,
            how: action.how,
            points: action.points,
            expires: undefined,
          });
        });
        return;
      case 'remove':
        this.#change(writer => writer.remove(find(writer, action.record, writer.config.kinds.names)));
        return;
      case 'wait':
        this.#now += action.ms;
        return;
      case 'until': {
        const then = parseWhen(action.when, this.#rehearsal.clock(this.#now));
        if (then < this.#now) throw conflict(`${action.when} is before ${formatInstant(this.#now)}`);
        this.#now = then;
        return;
      }
      case 'sweep':
        return this.#sweep(action);
    }
  }

  #change(decide: (writer: Writer) => void): void {
    this.#rehearsal.change(this.#now, tester, decide);
  }

  #sweep({ expected, every, times, line }: SweepAction & { readonly line: number }): Wrong | undefined {
    const before = this.#rehearsal.state.fork();
    const plans: Plan[] = [];
    for (let i = 0; i < times; i++) {
      if (times > 1) this.#now += every;
      plans.push(this.#rehearsal.sweep(this.#now));
    }
    if (expected === undefined) {
      const failures = plans.flatMap(plan => plan.trace.failures);
      return failures.length === 0 ? undefined : this.#wrong(line, [], failures.map(f => f.error).join('; '));
    }
    return this.#rehearsal.change(this.#now, tester, after => {
      const found = differences(expected, {
        plans,
        before: id => before.get(id),
        after,
        find: name => find(after, name, after.config.kinds.names),
      });
      return found.length === 0 ? undefined : this.#wrong(line, found, null);
    });
  }
}

/** The settings of a case: of the rules only the one that is tested, enabled or not, and those that it names. */
function settingsFor({ config, with: others }: Case, automation: string): Config {
  return {
    ...config,
    automations: config.automations
      .filter(a => a.id === automation || others.includes(a.id))
      .map(a => ({ ...a, enabled: true })),
    broken: [],
    warnings: [],
    brokenTemplates: [],
  };
}

function add(writer: Writer, { kind, fields, props }: AddAction): void {
  const given = new Map<string, string>();
  for (const [name, text] of Object.entries(fields)) {
    const isSplit = findField(writer.config, kind, name)?.isSplit;
    given.set(isSplit ? name : settableField(writer.config, kind, name).name, text);
  }
  const values = newFields(writer, kind, given);
  writer.add(kind, { ...values, ...(props && { props }) });
}

/** The id of a record by its id, a natural key, or, of tasks, the title. */
function find(writer: Writer, name: string, kinds: readonly Kind[]): string {
  const { view } = writer;
  const known = view.lookup(kinds, name);
  if (known !== undefined) return known;
  if (kinds.includes('task')) {
    const tasks = view.state.table('task');
    const title = findField(writer.config, 'task', 'title')!.path;
    const found = tasks.liveRows().filter(row => tasks.record(row)[title] === name);
    if (found.length === 1) return tasks.id(found[0]!);
    if (found.length > 1)
      throw conflict(`${JSON.stringify(name)} is ambiguous: ${found.map(row => tasks.id(row)).join(', ')}`);
  }
  return view.find(kinds, name);
}
