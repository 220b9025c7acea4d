/** `crm help automations`: made of the registries, so that what is there is what is said. */
import { usage } from '../../domain/errors.ts';
import { suggestion } from '../../domain/nearest.ts';
import type { ParamSpecs } from '../../engine/rules/params.ts';
import { steps } from '../../engine/steps/index.ts';
import { triggers } from '../../engine/triggers/index.ts';

/** A whole rule, as in automations/hot-leads.yaml. */
export const exampleRule = `name: Hot leads become deals
enabled: true                       # false: it rests, and what waits in it pauses
for: contact                        # its subject: deal, contact, account or task
on:                                 # any of these starts it
  - score-changes: { reaches: 80 }
  - event: { name: form.submitted, where: 'prop.form:quote' }
runs: once                          # once or every-time, for each subject; once where it is left out
limit: 10 per 24h                   # for each subject, where it runs every time
overlap: false                      # true: a subject may be enrolled again while it still is
generations: 1                      # how many generations of what it adds come of one beginning; see below
where: 'tag:newsletter not:tag:competitor'
steps:
  - add-deal: { title: 'Chairs for {{ contact.name }}', value: '1500.00' }
  - send-email: { to: contact, template: welcome }
  - wait: { until: 'event:email.opened', at-most: 3d }
    label: opened                   # a name, by which those who wait find their step when you move it
  - if: 'event:email.opened'
    then:
      - add-task: { on: deal, type: call, title: 'Call {{ contact.name }}', due: +1d }
    else:
      - update: { on: deal, stage: follow-up }
`;

const intro = `Automations

A rule is a file, automations/<id>.yaml. crm run looks at what was done since the last one, and takes the steps of each
rule that was started, for each of its subjects, until they wait, end or fail. All of it is one transaction.

`;

const between = `
A text in the place of the parameters is the first one that matters: event: form.submitted, enters-stage: proposal,
task-created: call, matches: 'value:>5000', schedule: '0 9 * * mon'.

A rule sees what happens after it was written or enabled (crm automation enable --include-existing: also what there is).
Undo, and imports without --trigger, are no causes. A trigger on another kind of record starts it for that record's
contact, account or open deals; of: contact makes one look at contacts in a rule for deals. Each may have a where, a query
on the record that it saw; the rule's own where is asked of the subject. A date or a time that came while no sweep ran is
caught up once; a query that held only in between is not seen. A limit counts by the time of the sweep: one that catches up
on a week counts all of it in one day, and what is beyond the limit (10 per 24h where none is given) is left out.

A rule that time, a query or what rules did starts does not begin for a record that it, or a rule of its chain, added:
else it would make ever more of them. generations: 3 lets three generations come of one beginning. What a person, an
import with --trigger or an event from outside does starts anew. crm run counts and names what it left out, and fails
once per rule and day.

A step acts on the subject, or on the record that on: names. Texts are Liquid over deal, contact, account, task, owner,
user, event and now, and need quotes; a value that is empty fails the step unless it has | default: "...". A step that
fails keeps its enrolment: crm automation retry goes on from there. In steps event:NAME counts from the beginning of the
enrolment. Waits go by what the rule says now, also for those who wait already. Mail, webhooks and commands are queued as
messages; after the sweep crm run delivers them, each at most once: e-mails become files in mail/out, where any mail
program reads them, until crm mail setup says how they leave (crm help mail). What is older than 3 days, the same twice
within an hour, and more than 50 e-mails of one rule in a day is held: crm message list status:held, then crm message
release or cancel. Webhooks and commands leave once crm trust was told that they may (crm help webhooks). What a user is
told is in crm inbox.

A task can start a rule by itself: crm task add "Call" --for D1 --when-done NAME. One with --repeat weekly comes again by
the rule repeat-tasks, which is built in; automations/repeat-tasks.yaml of your own stands in its place.

  crm automation lint               what is wrong with the rules, and where
  crm run --dry-run --explain       what would happen, and why
  crm explain C3 hot-leads          why a rule did, or did not, start for a record
  crm automation enrolments         who is on the way, and who failed

`;

interface Described {
  readonly name: string;
  readonly summary: string;
  readonly params: ParamSpecs;
  readonly example: string;
}

const lists: Readonly<Record<string, readonly Described[]>> = {
  triggers: [...triggers.values()],
  steps: [...steps.values()],
};

/** The whole of it, or a part: one trigger or step by its name, or all triggers or steps with their parameters. */
export function automationsTopic(part?: string): string {
  if (part === undefined)
    return [
      intro,
      indent(exampleRule, 2),
      between,
      'Triggers\n\n',
      ...lists.triggers!.map(inShort),
      '\nSteps\n\n',
      ...lists.steps!.map(inShort),
      '\ncrm help automations NAME says what parameters one of them has; crm help automations triggers, or steps, of all.\n',
    ].join('');
  if (Object.hasOwn(lists, part))
    return lists[part]!.map(each => `${describe(each)}\n`)
      .join('')
      .trimEnd()
      .concat('\n');
  const all = [...lists.triggers!, ...lists.steps!];
  const found = all.filter(each => each.name === part);
  if (found.length > 0) return found.map(describe).join('\n');
  throw usage(
    `there is no trigger or step ${JSON.stringify(part)}`,
    suggestion(part, [...all.map(each => each.name), ...Object.keys(lists)], 'triggers and steps'),
  );
}

/** Name, summary, and an example as an item of the list in which it stands. */
const inShort = ({ name, summary, example }: Described): string =>
  `  ${name}: ${summary}\n${indent(`- ${example}\n`, 4)}`;

/** The same, with the parameters. */
function describe({ name, summary, params, example }: Described): string {
  const rows = Object.entries(params).map(([param, { description, required }]) => [
    param,
    `${description}${required ? ' (required)' : ''}`,
  ]);
  const width = Math.max(0, ...rows.map(([param]) => param!.length));
  const lines = rows.map(([param, text]) => `  ${param!.padEnd(width)}  ${text}\n`);
  return `${name}: ${summary}\n${lines.join('')}${indent(`- ${example}\n`, 2)}`;
}

const indent = (text: string, by: number): string => text.replaceAll(/^(?=.)/gm, ' '.repeat(by));
