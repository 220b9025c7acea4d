import { previewTemplate } from '../../app/automation/preview-template.ts';
import { templateNamed } from '../../app/settings/email-templates.ts';
import { subjectKinds } from '../../domain/automation.ts';
import { usage } from '../../domain/errors.ts';
import type { Command } from '../command.ts';
import { printJson } from '../output.ts';

export const preview: Command = {
  summary: 'show what an e-mail template says of a record: subject, recipient, text',
  usage: 'NAME',
  options: [
    { flags: '--for <ID>', description: 'the deal, contact, account or task: its id, e-mail or name' },
  ],
  examples: ['template preview welcome --for D12', 'template preview welcome --for jane@example.com --json'],
  async run(context, [id, ...more], options) {
    if (id === undefined || more.length > 0)
      throw usage('which template?', 'crm template preview NAME --for D12');
    const key = options.text('for');
    if (key === undefined) throw usage('for which record?', `crm template preview ${id} --for D12`);
    const workspace = await context.workspace();
    const template = templateNamed(workspace.visible, id);
    const view = await workspace.view();
    const { subject, to, body } = await previewTemplate(view, template, view.find(subjectKinds, key));
    if (await printJson(context, { template: id, to, subject, text: body.text })) return;
    await context.print(`Subject: ${subject}\nTo: ${to ?? '(no contact with an e-mail address)'}\n\n`);
    await context.print(body.text.endsWith('\n') ? body.text : `${body.text}\n`);
  },
};
