import { checkMail } from '../../app/trust/check-mail.ts';
import type { Finding } from '../../app/trust/finding.ts';
import { plural } from '../../ui/words.ts';
import { command } from '../line/command.ts';
import { printThings } from '../printing/output.ts';
import { plainColumn } from '../../ui/thing-column.ts';

const columns = [
  plainColumn<Finding>('check', each => each.check),
  plainColumn<Finding>('state', each => each.state),
  plainColumn<Finding>('text', each => each.text),
];

/** `crm mail check` */
export const check = command({
  summary: 'list what receivers of e-mails demand and the settings lack, without network access',
  effect: 'reads',
  args: {},
  examples: ['mail check', 'mail check --json'],
  jsonFields: columns.map(({ name }) => name),
  async run(context) {
    const findings = await checkMail(await context.workspace());
    await printThings(context, findings, columns, each => each.check);
    const problems = findings.filter(({ state }) => state === 'problem').length;
    if (problems === 0) return 0;
    await context.message(plural(problems, 'problem'));
    return 1;
  },
});
