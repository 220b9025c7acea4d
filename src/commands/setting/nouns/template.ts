import {
  addTemplate,
  pathOf,
  removeTemplate,
  setTemplate,
  type TemplateFile,
  templateFileNamed,
  templateFiles,
  templateKeys,
  templateText,
} from '../../../app/settings/email-templates.ts';
import { restoreFile } from '../../../app/settings/restore-setting.ts';
import { newId } from '../../../app/settings/settings.ts';
import { notFound, usage } from '../../../domain/errors.ts';
import { file, insteadOf, optional, template as templateWord, text } from '../../args/declare.ts';
import { plainColumn } from '../../../ui/thing-column.ts';
import { nameGivenOr } from '../../line/named-file.ts';
import { neverWas } from '../never-was.ts';
import { type Adding, type Given, settingNoun } from '../noun.ts';

export const template = settingNoun<TemplateFile>({
  name: 'template',
  many: 'e-mail templates',
  what: 'template',
  named: () => ({ name: templateWord() }),
  newNamed: () => ({
    name: optional(text('NAME', 'which name')),
    file: insteadOf('subject', file({ label: 'FILE|-' })),
  }),
  sample: { one: 'welcome', other: 'offer', renamed: 'first-welcome', filter: 'state:broken' },
  verbs: {
    add: {
      summary: 'add an e-mail template, from a file or from --subject and --body',
      options: [
        { flags: '--subject <TEXT>', description: 'the subject, Liquid: "Welcome, {{ contact.name }}"' },
        { flags: '--body <TEXT>', description: 'the text, Liquid; - reads it from standard input' },
      ],
      examples: [
        'template add welcome.md',
        'template add welcome --subject "Welcome, {{ contact.name }}" --body - < welcome.txt',
      ],
    },
    show: { summary: 'show the file of an e-mail template' },
    set: {
      examples: [
        'template set welcome subject="Hello, {{ contact.name }}"',
        'template set offer subject="Your offer: {{ deal.title }}"',
      ],
    },
    rm: { summary: 'remove an e-mail template that no rule sends any more; restore brings it back' },
  },
  columns: () => [
    plainColumn('id', template => template.id),
    plainColumn('subject', template => template.subject),
    plainColumn('state', template => template.state),
  ],
  idOf: template => template.id,
  all: ({ visible }) => templateFiles(visible),
  find: ({ visible }, [id]) => templateFileNamed(visible, id!),
  text: ({ id, sound }, files) => ({ text: files.get(pathOf(id)) ?? '', json: sound }),
  fileOf: (_ground, [id]) => pathOf(id!),
  keys: templateKeys,
  add,
  set: (writer, { id }, { values }) => setTemplate(writer, id, values),
  async rename(writer, { id }, to) {
    const { renameTemplate } = await import('../../../app/settings/rename/rename-template.ts');
    return renameTemplate(writer, id, to);
  },
  rm: (writer, { id }) => removeTemplate(writer, id),
  restore: (writer, journal, [id]) =>
    restoreFile(writer, journal, pathOf(id!), neverWas('template', id!, notFound)),
});

async function add({ args, options, readStdin, readFile }: Given): Promise<Adding> {
  const [subject, body] = [options.text('subject'), options.text('body')];
  if ((subject === undefined) !== (body === undefined))
    throw usage('a template has a subject and a text', '--subject TEXT --body TEXT');
  if (subject !== undefined && body !== undefined) {
    if (args[0] === undefined) throw usage('which name?', 'crm template add NAME --subject TEXT --body TEXT');
    return adding(args[0], templateText(subject, body === '-' ? await readStdin() : body));
  }
  const file = args.at(-1)!;
  const name = nameGivenOr(file, args.length > 1 ? args[0] : undefined, { via: 'template add' });
  return adding(
    name,
    file === '-' ? await readStdin() : await readFile(file, 'or --subject TEXT and --body TEXT'),
  );
}

function adding(name: string, text: string): Adding {
  const id = newId(name, undefined);
  return { id, decide: writer => addTemplate(writer, id, text) };
}
