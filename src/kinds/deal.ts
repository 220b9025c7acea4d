import { memoBy } from '../domain/memo.ts';
import { withArticle } from '../domain/article.ts';
import { type Config, type Pipeline, stageOf } from '../domain/config.ts';
import { failed, usage } from '../domain/errors.ts';
import { parseMoney } from '../domain/money.ts';
import { oneLine } from '../domain/one-line.ts';
import { type Contact, type Deal, isEmpty, type Json, type Rec, valueAt } from '../domain/records.ts';
import { adjusted } from './adjustments.ts';
import type { ColumnSpec, KindDefinition } from './define.ts';
import { actingUser } from './acting-user.ts';
import { takeAmountsAlong } from './currency.ts';
import { field } from './field.ts';
import { oneOf } from './field-types.ts';
import { byExternalId, created, externalId, id, owner, tags, updated, files } from './shared.ts';
import type { Fields, Writing } from './writing.ts';

/** The stages of all pipelines, collected once per settings: an import asks for them at every row. */
const stageIds = memoBy((config: Config): readonly string[] => [
  ...new Set(config.pipelines.flatMap(p => p.stages.map(s => s.id))),
]);

const primary = (record: Rec): Json | undefined => (record.contacts as readonly string[] | undefined)?.[0];

/** The key of the column with the answer for which a deal is held: '' if no row applied, no value if it is not held. */
export const HELD = 'held';

const held: ColumnSpec = {
  key: HELD,
  storedAs: HELD,
  type: 'code',
  reads: ['held'],
  cell: record => {
    const answer = record.held as Deal['held'];
    return answer && (answer.stage ?? '');
  },
};

export const deal: KindDefinition = {
  name: 'deal',
  letter: 'D',
  plural: 'deals',
  summary: 'deals: what may be sold, to whom, for how much, and how far it is',
  isMadeByPeople: true,
  isExtensible: true,
  fields: [
    id,
    field('title', 'text', {
      required: true,
      line: true,
      searched: true,
      isTemplate: true,
      help: 'text; {{ contact.name }} and the like are written out',
    }),
    field('value', 'money', { required: true }),
    field('currency', 'currency', { required: true, help: "an ISO 4217 code (default: the pipeline's)" }),
    field('pipeline', 'choice', {
      required: true,
      options: config => config.pipelines.map(p => p.id),
      names: config => config.pipelines,
      help: 'its id or name (default: the first)',
    }),
    field('stage', 'choice', {
      required: true,
      options: stageIds,
      names: config => config.pipelines.flatMap(p => p.stages),
      help: "its id or name (default: the pipeline's entry)",
    }),
    field('status', 'choice', { required: true, options: () => ['open', 'won', 'lost'] }),
    {
      ...owner,
      assigns: true,
      help: 'a user, auto or none (default: as the pipeline assigns, otherwise the user who adds it)',
    },
    field('contact', 'ref', {
      refs: ['contact'],
      path: 'contacts',
      read: primary,
      help: 'an e-mail, a name or an id; a new e-mail makes a contact; once for each of several',
    }),
    field('contacts', 'refs', {
      refs: ['contact'],
      help: 'several, with commas; the first is the primary one',
    }),
    field('account', 'ref', { refs: ['account'], help: 'a name or an id; a new name makes an account' }),
    field('description', 'text', { searched: true }),
    tags,
    field('expectedClose', 'day', { aliases: ['close'] }),
    field('probability', 'number', {
      sparse: true,
      derivedToo: true,
      yields: true,
      help: 'percent, 0 to 100, instead of the probability of its stage',
    }),
    created,
    updated,
    field('stageSince', 'instant', { settable: false, importable: true }),
    field('closedAt', 'instant', { aliases: ['closed'], happened: true }),
    field('closedStage', 'choice', {
      settable: false,
      importable: true,
      options: stageIds,
      names: config => config.pipelines.flatMap(p => p.stages),
    }),
    field('lostReason', 'text'),
    externalId,
    files,
  ],
  keys: [
    byExternalId,
    { path: 'title', rank: 6, said: 'title', unique: false, caseless: true, read: oneLine },
  ],
  owner: 'owner',
  inPipelines: true,
  hasTasks: true,
  isWork: true,
  makesContacts: true,
  makesAccounts: true,
  isScored: true,
  contacts: { listed: 'contacts' },
  isFoundByPeople: true,
  about: [],
  states: {
    open: { field: 'status', is: 'open' },
    won: { field: 'status', is: 'won' },
    lost: { field: 'status', is: 'lost' },
    overdue: 'has-overdue-task',
    rotting: 'rotting',
  },
  columns: [adjusted, held],
  times: ['stageSince'],
  alike: ['currency', 'pipeline'],
  complete,
  named: 'title',
  inJson: [
    'id',
    'title',
    'value',
    'currency',
    'pipeline',
    'stage',
    'status',
    'owner',
    'contact',
    'contacts',
    'account',
    'description',
    'tags',
    'fields',
    'score',
    'expectedClose',
    'probability',
    'createdAt',
    'updatedAt',
    'stageSince',
    'closedAt',
    'closedStage',
    'lostReason',
    'externalId',
    'files',
  ],
  inLists: [
    'id',
    'title',
    'value',
    'currency',
    'stage',
    'status',
    'owner',
    'contact',
    'account',
    'expectedClose',
  ],
  inCards: ['id', 'status', 'stage', 'title', 'value'],
  inFull: ['nextAction', 'score'],
  examples: {
    add: [
      'deal add "40 chairs, 10 tables" --value 5200 --contact jane@example.com --account "Acme"',
      "deal add 'Chairs for {{ contact.name }}' --contact jane@example.com",
    ],
    list: ["deal list 'stage:proposal value.over:10k' --sort -value --limit 20"],
    set: [
      'deal set D12 D13 value=1300 close=+30d',
      "deal set --where 'stage:proposal idle:>60d' stage=follow-up",
    ],
  },
};

function complete(fields: Fields, before: Rec | undefined, writing: Writing): void {
  // The order of `contacts` says which contact is the primary one.
  const now = (path: string) => (path in fields ? fields[path] : before && valueAt(before, path));
  const pipeline = writing.pipeline((fields.pipeline ?? before?.pipeline) as string | undefined);
  fields.pipeline = pipeline.id;
  chooseStage(fields, before, pipeline, writing);
  fields.currency = now('currency') ?? pipeline.currency;
  takeAmountsAlong(writing.fields('deal'), fields, before);
  fields.value = parseMoney((now('value') as string | undefined) ?? '0', fields.currency as string);
  fields.status = now('status') ?? 'open';
  completeClosing(fields, before, writing.at);
  checkProbability(fields.probability);
  checkReason(fields, before, pipeline, writing.config);
  if (fields.closedStage != null && fields.closedStage !== before?.closedStage)
    fields.closedStage = writing.stage(pipeline, fields.closedStage as string).id;
  if (!before) takeAccountOfContact(fields, writing);
  if (!before && fields.owner === undefined) fields.owner = defaultOwner(pipeline, writing);
  checkOwner(now('owner'), before, pipeline, writing);
  for (const needed of pipeline.requires)
    if (isEmpty(now(needed === 'contact' ? 'contacts' : needed)))
      throw usage(`a deal in ${pipeline.id} needs a ${needed}`, `--${needed}`);
  checkStage(fields, before, pipeline, writing);
}

function chooseStage(fields: Fields, before: Rec | undefined, pipeline: Pipeline, writing: Writing): void {
  const isMoved = before !== undefined && before.pipeline !== pipeline.id;
  // Winning and losing never move a deal, so the stage in which an import says that it was closed is its stage.
  const usual = before && !isMoved ? before.stage : (fields.closedStage ?? pipeline.entry);
  const wanted = (fields.stage ?? usual) as string;
  // A deal may stand in a stage that was removed from the file since: it stays readable, and can be moved away.
  if (before && wanted === before.stage && !isMoved) return;
  fields.stage = writing.stage(pipeline, wanted).id;
}

/** Checks the fields that a stage requires: when a deal enters it, and while it is in it. */
function checkStage(fields: Fields, before: Rec | undefined, pipeline: Pipeline, writing: Writing): void {
  const stage = (fields.stage ?? before?.stage) as string;
  const enters = !before || before.stage !== stage || before.pipeline !== pipeline.id;
  for (const name of stageOf(pipeline, stage)?.requires ?? []) {
    const { path } = writing.field('deal', name)!;
    if (!enters && !(path in fields)) continue;
    if (isEmpty(path in fields ? fields[path] : before && valueAt(before, path)))
      throw usage(
        `a deal in ${stage} needs ${withArticle(name)}`,
        before ? `crm deal set ${before.id} ${name}=...` : `--field ${name}=...`,
      );
  }
}

/** Takes a reason as the settings write it; USAGE for another one, where they list the reasons. */
function checkReason(fields: Fields, before: Rec | undefined, pipeline: Pipeline, config: Config): void {
  const reasons = pipeline.lostReasons ?? config.lostReasons;
  const reason = fields.lostReason;
  const isLost = (fields.status ?? before?.status) === 'lost';
  // Deals that were lost before the pipeline required a reason stay as they are until somebody sets a field of their
  // closing.
  const isDecided = before?.status !== 'lost' || (reason !== undefined && !isEmpty(before.lostReason));
  const isMissing = isEmpty(reason === undefined ? before?.lostReason : reason);
  if (pipeline.requiresReason && isLost && isDecided && isMissing)
    throw usage(
      `a deal in ${pipeline.id} is lost for a reason`,
      reasons ? `--reason ${reasons.join('|')}` : '--reason TEXT',
    );
  if (!reasons || typeof reason !== 'string' || reason === before?.lostReason) return;
  fields.lostReason = oneOf(reason, reasons, 'reason');
}

function checkProbability(percent: Json | undefined): void {
  if (typeof percent === 'number' && (percent < 0 || percent > 100))
    throw usage(
      `probability: ${percent} is not a percentage`,
      'accepted: 0 to 100, or nothing for its stage',
    );
}

/** Sets when and at which stage a deal was won or lost; clears both for a deal that is open again. */
function completeClosing(fields: Fields, before: Rec | undefined, at: string): void {
  const { status } = fields;
  if (status === 'open') {
    if (!isEmpty(fields.closedAt))
      throw usage('an open deal has no closing date', 'status=won or status=lost');
    if (!isEmpty(fields.closedStage))
      throw usage('an open deal has no closedStage', 'status=won or status=lost');
    if (before && before.status !== 'open')
      Object.assign(fields, { closedAt: null, closedStage: null, lostReason: null });
  } else if (!before || before.status !== status) {
    fields.closedAt ??= before?.status === 'open' || !before ? at : before.closedAt;
    fields.closedStage ??=
      before && before.status !== 'open' ? before.closedStage : (before?.stage ?? fields.stage);
  } else if ('closedAt' in fields && isEmpty(fields.closedAt))
    throw usage(`a ${String(status)} deal has a closing date`, 'crm deal reopen');
  if (status !== 'lost' && !isEmpty(fields.lostReason))
    throw usage('only a lost deal has a lostReason', 'status=lost, or crm deal lose');
  if (status === 'won' && before?.status === 'lost') fields.lostReason = null;
}

/** Takes over the account of the primary contact, if the user may see it: the deal would show it to them. */
function takeAccountOfContact(fields: Fields, writing: Writing): void {
  const [first] = (fields.contacts as readonly string[] | undefined) ?? [];
  if (first === undefined || fields.account !== undefined) return;
  const account = (writing.get(first) as Contact | undefined)?.account;
  if (account !== undefined && writing.actorSees(account)) fields.account = account;
}

/** Returns the user whom the pipeline assigns, otherwise the acting user if they are in `users`, otherwise nobody. */
export function defaultOwner(pipeline: Pipeline, writing: Writing): string | null {
  const assigned = writing.assign(pipeline);
  if (assigned !== undefined) return assigned;
  const user = actingUser(writing);
  return user !== null && writing.mayAccess(pipeline, user) ? user : null;
}

/** Checks that a new owner is active and has access to the pipeline. */
function checkOwner(
  user: Json | undefined,
  before: Rec | undefined,
  pipeline: Pipeline,
  writing: Writing,
): void {
  const isNew = !before || user !== before.owner;
  if (typeof user !== 'string' || (!isNew && pipeline.id === before.pipeline)) return;
  if (pipeline.access && !writing.mayAccess(pipeline, user))
    throw failed(
      `${user} has no access to the pipeline ${pipeline.id}`,
      `access: ${pipeline.access.join(', ')}`,
    );
  if (isNew) writing.requireActive(user);
}
