/** `crm help automations`: made of the registries, so that what is there is what is said. */
import type { ParamSpecs } from '../engine/params.ts';
import { steps } from '../engine/steps/index.ts';
import { triggers } from '../engine/triggers/index.ts';

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
A rule sees what happens after it was written or enabled. Undo, and imports without --trigger, are no causes. A trigger
on another kind of record starts it for that record's contact, account or open deals. Each may have a where, a query on
the record that it saw; the rule's own where is asked of the subject.

A step acts on the subject, or on the record that on: names. Texts are Liquid over deal, contact, account, task, owner,
user, event and now, and need quotes; a value that is empty fails the step unless it has | default: "...". A step that
fails keeps its enrolment: crm automation retry goes on from there. In steps event:NAME counts from the beginning of the
enrolment.

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

export function automationsTopic(): string {
  return [
    intro,
    indent(exampleRule, 2),
    between,
    'Triggers\n\n',
    ...[...triggers.values()].map(describe),
    'Steps\n\n',
    ...[...steps.values()].map(describe),
  ].join('');
}

/** Name and summary, the parameters, and an example as an item of the list in which it stands. */
function describe({ name, summary, params, example }: Described): string {
  const rows = Object.entries(params).map(([param, { description, required }]) => [
    param,
    `${description}${required ? ' (required)' : ''}`,
  ]);
  const width = Math.max(0, ...rows.map(([param]) => param!.length));
  const lines = rows.map(([param, text]) => `      ${param!.padEnd(width)}  ${text}\n`);
  return `  ${name}: ${summary}\n${lines.join('')}${indent(`- ${example}\n`, 4)}\n`;
}

const indent = (text: string, by: number): string => text.replaceAll(/^(?=.)/gm, ' '.repeat(by));
