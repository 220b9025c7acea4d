import { basename } from 'node:path';
import { addTemplate, templateText } from '../../app/settings/email-templates.ts';
import { usage } from '../../domain/errors.ts';
import { reportSetting } from '../changed.ts';
import type { Command } from '../command.ts';
import { readNamed } from '../named-file.ts';

export const add: Command = {
  summary: 'add an e-mail template, from a file or from --subject and --body',
  usage: '[NAME] [FILE|-]',
  options: [
    { flags: '--subject <TEXT>', description: 'the subject, Liquid: "Welcome, {{ contact.name }}"' },
    { flags: '--body <TEXT>', description: 'the text, Liquid; - reads it from standard input' },
  ],
  examples: [
    'template add welcome.md',
    'template add welcome --subject "Welcome, {{ contact.name }}" --body - < welcome.txt',
  ],
  async run(context, args, options) {
    const [subject, body] = [options.text('subject'), options.text('body')];
    const parts = [subject, body].filter(part => part !== undefined).length;
    if (parts === 1) throw usage('a template has a subject and a text', '--subject TEXT --body TEXT');
    const [file, name] =
      parts === 2 ? [undefined, args[0]] : [args.at(-1), args.length > 1 ? args[0] : undefined];
    if (parts === 2 && (name === undefined || args.length > 1))
      throw usage('which name?', 'crm template add NAME --subject TEXT --body TEXT');
    if (parts === 0 && file === undefined) throw usage('which file?', 'crm template add welcome.md');
    if (file === '-' && name === undefined) throw usage('which name?', 'crm template add NAME -');
    const text =
      file === '-'
        ? await context.readStdin()
        : file !== undefined
          ? await readNamed(context, file, 'or --subject TEXT and --body TEXT')
          : templateText(subject!, body === '-' ? await context.readStdin() : body!);
    const id = name ?? basename(file!).replace(/\.(md|txt)$/, '');
    const committed = await context.changeSettings(writer => addTemplate(writer, id, text));
    await reportSetting(context, committed, committed.result ?? id);
  },
};
