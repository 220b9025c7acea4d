import { previewTemplate } from '../../app/automation/preview-template.ts';
import { templateNamed } from '../../app/settings/email-templates.ts';
import { tidied } from '../../app/outbox/mail-parts.ts';
import { mailKinds, subjectKinds } from '../../domain/automation.ts';
import { record, template } from '../args/declare.ts';
import { command } from '../line/command.ts';
import { openOutput, requireOutput } from '../printing/output-file.ts';
import { printJson } from '../printing/output.ts';

export const preview = command({
  summary: 'show what an e-mail template says of a record: subject, recipient, text',
  effect: 'reads',
  args: { id: template() },
  options: [
    {
      flags: '--for <ID>',
      description: 'the deal, contact, account or task: its id, e-mail or name',
      value: record(subjectKinds),
      asks: 'for which record',
      isRequired: true,
    },
    {
      flags: '--html <FILE>',
      description: 'also write the HTML part, with its images, to open in a browser',
      reaches: 'files',
    },
  ],
  examples: ['template preview welcome --for D12', 'template preview welcome --for jane@example.com --json'],
  jsonFields: ['template', 'kind', 'to', 'subject', 'text', 'html', 'attachments'],
  async run(context, { id }, options) {
    const workspace = await context.workspace();
    const template = templateNamed(workspace.visible, id);
    const view = await workspace.view();
    const file = options.text('html');
    if (file !== undefined) await requireOutput(context, file);
    const { subject, to, body } = await previewTemplate(
      view,
      template,
      view.find(subjectKinds, options.text('for')!),
    );
    const { htmlToLookAt } = await import('../../app/outbox/html-preview.ts');
    const { html, refused } = await htmlToLookAt(workspace, template, body);
    if (file !== undefined) {
      const output = await openOutput(context, file);
      await output.write(html);
      await output.close();
    }
    const { attachments = [], kind = mailKinds[0] } = template;
    const text = tidied(body.text);
    for (const target of refused)
      await context.message(`Warning: ${JSON.stringify(target)} cannot be linked to or shown in a mail`);
    if (await printJson(context, { template: id, kind, to, subject, text, html, attachments })) return;
    const heads = [`Subject: ${subject}`, `To: ${to ?? '(no contact with an e-mail address)'}`];
    if (attachments.length > 0) heads.push(`Attach: ${attachments.join(', ')}`);
    await context.print(`${heads.join('\n')}\n\n${text}`);
  },
});
