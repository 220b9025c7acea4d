import { automationNamed } from '../../app/automation/automation-named.ts';
import { enrolmentsOf } from '../../app/automation/automations.ts';
import { humanInstant, withName } from '../../app/reading/said.ts';
import type { View } from '../../app/core/view.ts';
import { subjectKinds } from '../../domain/automation.ts';
import type { Config } from '../../domain/config.ts';
import { usage } from '../../domain/errors.ts';
import { suggestion } from '../../domain/nearest.ts';
import type { Enrolment } from '../../domain/records.ts';
import { anyNumber, automation, oneWord } from '../args/declare.ts';
import { command } from '../line/command.ts';
import type { Options } from '../line/options.ts';
import { printThings } from '../printing/output.ts';
import { plainColumn } from '../../ui/thing-column.ts';

/** The states of an enrolment; a waiting one is paused if its rule does not exist or is disabled. */
const statuses = ['waiting', 'ready', 'paused', 'completed', 'failed', 'ended', 'undone'];

export const enrolments = command({
  summary: 'list enrolments in automations, finished ones too, newest first',
  effect: 'reads',
  args: { words: anyNumber(automation({ label: 'AUTOMATION|RECORD', or: ['record'] })) },
  options: [
    { flags: '--status <STATUS>', description: statuses.join(', '), value: oneWord(statuses) },
    { flags: '--failed', description: 'those that failed' },
    { flags: '--waiting', description: 'those that wait' },
  ],
  examples: ['automation enrolments hot-leads --status failed', 'automation enrolments C3'],
  jsonFields: ['id', 'automation', 'subject', 'status', 'step', 'since', 'startedAt', 'error'],
  async run(context, { words }, options) {
    const workspace = await context.workspace();
    const { visible: config } = workspace;
    const view = await workspace.view();
    const enabled = new Set(config.automations.filter(a => a.enabled).map(a => a.id));
    const statusOf = (e: Enrolment) =>
      e.status === 'waiting' && !enabled.has(e.automation) ? 'paused' : e.status;
    const all = enrolmentsOf(view.state, undefined).filter(e => view.seesId(e.id));
    const named = words.map(arg => chosenBy(arg, all, view, config));
    const wanted = statusesWanted(options);
    const found = all.filter(
      e =>
        (named.length === 0 ||
          named.some(
            ({ automation, subject }) =>
              (automation ?? e.automation) === e.automation && (subject ?? e.subject) === e.subject,
          )) &&
        (!wanted || wanted.includes(statusOf(e))),
    );
    await printThings(
      context,
      found,
      [
        plainColumn('id', e => e.id),
        plainColumn('automation', e => e.automation),
        plainColumn('subject', e => e.subject, { isName: true, human: e => withName(view, e.subject) }),
        plainColumn('status', statusOf),
        plainColumn('step', e => e.step, { goesFirst: true }),
        plainColumn('since', e => e.since, { human: e => (e.since ? humanInstant(view, e.since) : '') }),
        plainColumn('startedAt', e => e.createdAt, {
          goesFirst: true,
          human: e => humanInstant(view, e.createdAt!),
        }),
        plainColumn('error', e => e.error && view.redacted(e.error), { goes: false }),
      ],
      e => e.id,
    );
  },
});

/** Reads an automation by its id, even a removed one if it has enrolments; otherwise a record. */
function chosenBy(
  arg: string,
  all: readonly Enrolment[],
  view: View,
  config: Config,
): { automation?: string; subject?: string } {
  if (config.automations.some(a => a.id === arg) || all.some(e => e.automation === arg))
    return { automation: arg };
  const subject = view.lookup(subjectKinds, arg);
  if (subject !== undefined) return { subject };
  if (view.kinds.parseId(arg)) return { subject: view.find(subjectKinds, arg) };
  return { automation: automationNamed(config, arg).id };
}

function statusesWanted(options: Options): readonly string[] | undefined {
  const status = options.text('status');
  if (status !== undefined && !statuses.includes(status))
    throw usage(`unknown status ${JSON.stringify(status)}`, suggestion(status, statuses, 'statuses'));
  const wanted = [
    ...(status === undefined ? [] : [status]),
    ...(options.flag('failed') ? ['failed'] : []),
    ...(options.flag('waiting') ? ['waiting', 'ready', 'paused'] : []),
  ];
  return wanted.length > 0 ? wanted : undefined;
}
