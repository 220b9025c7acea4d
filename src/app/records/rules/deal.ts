import { withArticle } from '../../../domain/article.ts';
import { type Config, type Pipeline, stageOf } from '../../../domain/config.ts';
import { failed, usage } from '../../../domain/errors.ts';
import { findField } from '../../../domain/fields.ts';
import { parseMoney } from '../../../domain/money.ts';
import { type Contact, isEmpty, type Rec, valueAt } from '../../../domain/records.ts';
import { pipelineIn, stageIn } from '../../settings/pipelines.ts';
import { hasAccess, requireActiveUser, type Viewer, viewerOf } from '../../viewer.ts';
import type { Fields, Writer } from '../../writer.ts';
import { assignee } from '../assign.ts';
import { actingUser } from './acting-user.ts';
import { takeAmountsAlong } from './currency.ts';
import type { Rules } from './index.ts';

export const dealRules: Rules = {
  complete(fields, before, writer) {
    const { config, draft } = writer;
    // Which contact is primary is said by the order of `contacts`.
    const now = (path: string) => (path in fields ? fields[path] : before && valueAt(before, path));
    const viewer = writer.view.viewer;
    const pipeline = pipelineIn(config, viewer, (fields.pipeline ?? before?.pipeline) as string | undefined);
    fields.pipeline = pipeline.id;
    chooseStage(fields, before, pipeline, config, viewer);
    fields.currency = now('currency') ?? pipeline.currency;
    takeAmountsAlong('deal', fields, before, writer);
    fields.value = parseMoney((now('value') as string | undefined) ?? '0', fields.currency as string);
    fields.status = now('status') ?? 'open';
    completeClosing(fields, before, draft.at);
    if (!before) takeAccountOfContact(fields, writer);
    if (!before && fields.owner === undefined) fields.owner = defaultOwner(pipeline, writer);
    const owner = now('owner');
    if (typeof owner === 'string' && (!before || owner !== before.owner || pipeline.id !== before.pipeline)) {
      if (!hasAccess(pipeline, viewerOf(config, owner)) && pipeline.access)
        throw failed(
          `${owner} has no access to the pipeline ${pipeline.id}`,
          `access: ${pipeline.access.join(', ')}`,
        );
      if (!before || owner !== before.owner) requireActiveUser(config, owner);
    }
    for (const needed of pipeline.requires)
      if (isEmpty(now(needed === 'contact' ? 'contacts' : needed)))
        throw usage(`a deal in ${pipeline.id} needs a ${needed}`, `--${needed}`);
    checkStage(fields, before, pipeline, config);
  },
};

function chooseStage(
  fields: Fields,
  before: Rec | undefined,
  pipeline: Pipeline,
  config: Config,
  viewer: Viewer,
): void {
  const moved = before !== undefined && before.pipeline !== pipeline.id;
  const wanted = (fields.stage ?? (before && !moved ? before.stage : pipeline.entry)) as string;
  // A deal may stand in a stage that was since taken out of the file: it stays readable, and can be moved away.
  if (before && wanted === before.stage && !moved) return;
  fields.stage = stageIn(pipeline, wanted, config, viewer).id;
}

/** What the stage demands must be there when a deal enters it, and must not be emptied while it is in it. */
function checkStage(fields: Fields, before: Rec | undefined, pipeline: Pipeline, config: Config): void {
  const id = (fields.stage ?? before?.stage) as string;
  const enters = !before || before.stage !== id || before.pipeline !== pipeline.id;
  for (const name of stageOf(pipeline, id)?.requires ?? []) {
    const { path } = findField(config, 'deal', name)!;
    if (!enters && !(path in fields)) continue;
    if (isEmpty(path in fields ? fields[path] : before && valueAt(before, path)))
      throw usage(
        `a deal in ${id} needs ${withArticle(name)}`,
        before ? `crm deal set ${before.id} ${name}=...` : `--field ${name}=...`,
      );
  }
}

/** A deal that is won or lost says when, and at which stage; one that is open again does not. */
function completeClosing(fields: Fields, before: Rec | undefined, at: string): void {
  const { status } = fields;
  if (status === 'open') {
    if (!isEmpty(fields.closedAt))
      throw usage('an open deal has no closing date', 'status=won or status=lost');
    if (before && before.status !== 'open')
      Object.assign(fields, { closedAt: null, closedStage: null, lostReason: null });
  } else if (!before || before.status !== status) {
    fields.closedAt ??= before?.status === 'open' || !before ? at : before.closedAt;
    fields.closedStage =
      before && before.status !== 'open' ? before.closedStage : (before?.stage ?? fields.stage);
  } else if ('closedAt' in fields && isEmpty(fields.closedAt))
    throw usage(`a ${String(status)} deal has a closing date`, 'crm deal reopen');
  if (status !== 'lost' && !isEmpty(fields.lostReason))
    throw usage('only a lost deal has a lostReason', 'status=lost, or crm deal lose');
  if (status === 'won' && before?.status === 'lost') fields.lostReason = null;
}

/** A deal is for the account of its primary contact, where the viewer sees it: the deal would show it to them. */
function takeAccountOfContact(fields: Fields, { draft, view }: Writer): void {
  const [primary] = (fields.contacts as readonly string[] | undefined) ?? [];
  if (primary === undefined || fields.account !== undefined) return;
  const account = (draft.get(primary) as Contact | undefined)?.account;
  if (account !== undefined && view.seesId(account)) fields.account = account;
}

/** What the pipeline's assignment gives, else the acting user if they are in `users`, else nobody. */
export function defaultOwner(pipeline: Pipeline, writer: Writer): string | null {
  const assigned = assignee(writer.draft, pipeline);
  if (assigned !== undefined) return assigned;
  const user = actingUser(writer);
  return user !== null && hasAccess(pipeline, viewerOf(writer.config, user)) ? user : null;
}
