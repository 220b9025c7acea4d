/** Finds the subjects of a rule for the record that a trigger saw, and the records around a subject. */
import type { SubjectKind } from '../domain/automation.ts';
import { readField } from '../kinds/fields.ts';
import { account } from '../kinds/account.ts';
import { contact } from '../kinds/contact.ts';
import { deal } from '../kinds/deal.ts';
import { definitionOf, fieldTo, type KindDefinition } from '../kinds/define.ts';
import { task } from '../kinds/task.ts';
import { type Kind, type Kinds, numberOf } from '../domain/kinds.ts';
import type { Rec } from '../domain/records.ts';
import type { State } from '../state/state.ts';

/**
 * Returns the ids of the subjects: the record itself; the open deals of a contact or account; the contact or account
 * of a deal, task or event.
 */
export function subjectsOf(state: State, id: string, wanted: SubjectKind): string[] {
  const kind = state.kinds.parseId(id)?.kind;
  if (kind === wanted) return state.has(id) ? [id] : [];
  const { hasTasks, inPipelines } = definitionOfSubject(wanted);
  if (!hasTasks) return [];
  const record = state.get(id);
  if (!record || !kind) return [];
  if (inPipelines) {
    const about = aboutOf(state.kinds, kind, record);
    if (about && state.kinds.parseId(about)?.kind === wanted) return state.has(about) ? [about] : [];
    const party = about ?? id;
    return openDeals(state, state.kinds.kindOf(party), party);
  }
  const found = relatedTo(state, id, wanted);
  return found === undefined ? [] : [found];
}

/**
 * Returns the record of a kind that belongs to another: a deal's contact, a task's deal, a contact's newest open
 * deal.
 */
export function relatedTo(state: State, id: string, wanted: SubjectKind): string | undefined {
  const kind = state.kinds.parseId(id)?.kind;
  if (kind === wanted) return id;
  const record = state.get(id);
  if (!record || !kind) return undefined;
  const about = aboutOf(state.kinds, kind, record);
  if (about) return relatedTo(state, about, wanted);
  if (definitionOfSubject(wanted).inPipelines) return openDeals(state, kind, id).at(-1);
  const field = fieldTo(definitionOf(state.kinds, kind), wanted);
  return field && (readField(field, record) as string | undefined);
}

/** Returns the field with the user to whom a record belongs: the owner, or the assignee of a task. */
export const ownerField = (kind: SubjectKind): string => definitionOfSubject(kind).owner!;

/** Returns the definition of a kind that rules are for. */
export const definitionOfSubject = (kind: SubjectKind): KindDefinition => definitions[kind];

const definitions: { readonly [kind in SubjectKind]: KindDefinition } = { deal, contact, account, task };

/** Whether an id is of an event, which can start a rule as of the time when it happened. */
export function isEvent(kinds: Kinds, id: string): boolean {
  const kind = kinds.parseId(id)?.kind;
  return kind !== undefined && definitionOf(kinds, kind).hasProps === true;
}

/** Returns the user to whom a record belongs: its owner, or the assignee of a task. */
export function ownerOf(state: State, id: string): string | undefined {
  const field = definitionOf(state.kinds, state.kinds.kindOf(id)).owner;
  const owner = field && state.get(id)?.[field];
  return typeof owner === 'string' ? owner : undefined;
}

/** Returns the record that another is about: the deal of a task, the contact of an event, the subject of an enrolment. */
function aboutOf(kinds: Kinds, kind: Kind, record: Rec): string | undefined {
  for (const field of definitionOf(kinds, kind).about) {
    const about = record[field];
    if (typeof about === 'string') return about;
  }
  return undefined;
}

/** Returns the open deals of a contact or an account; other records have none. */
function openDeals(state: State, kind: Kind, id: string): string[] {
  const { throughDeals } = definitionOf(state.kinds, kind);
  if (!throughDeals) return [];
  const row = state.table(kind).row(numberOf(id));
  const deals = state.table('deal');
  const numbers: number[] = [];
  state.links(kind, 'deal', throughDeals).some(row, deal => {
    if (deals.record(deal).status === 'open') numbers.push(deals.number(deal));
    return false;
  });
  return numbers.sort((a, b) => a - b).map(number => `D${number}`);
}
