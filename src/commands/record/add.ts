import { newFields } from '../../app/records/given-fields.ts';
import { withTitle } from '../../app/records/title-template.ts';
import type { Fields, Writer } from '../../app/writer.ts';
import { withArticle } from '../../domain/article.ts';
import { noSettings } from '../../domain/config.ts';
import { usage } from '../../domain/errors.ts';
import { propertyOf } from '../../domain/event-property.ts';
import { type Field, fieldsOf } from '../../domain/fields.ts';
import type { Kind } from '../../domain/kinds.ts';
import { requireName } from '../../domain/names.ts';
import { reportAdded } from '../changed.ts';
import type { Command, OptionSpec, Options } from '../command.ts';

/** The field that the argument of `add` is for. */
const positional: { readonly [kind in Kind]?: string } = {
  deal: 'title',
  task: 'title',
  account: 'name',
  contact: 'name',
  event: 'name',
};

const kebab = (name: string): string => name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`);
const camel = (name: string): string => name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

const namesOf = (field: Field): string[] => [field.name, ...field.aliases].map(kebab);

function optionsOf(kind: Kind): OptionSpec[] {
  // Built-in fields do not depend on the workspace, so that help works without one.
  const fields = fieldsOf(noSettings, kind).filter(f => f.settable || f.name === 'for');
  const specs: OptionSpec[] = fields.flatMap(f =>
    namesOf(f).map((name, i) => ({
      flags: `--${name} <VALUE>`,
      description: i === 0 ? describe(f, kind) : `the same as --${kebab(f.name)}`,
    })),
  );
  if (kind === 'deal' || kind === 'contact' || kind === 'account')
    specs.push({ flags: '--field <NAME=VALUE>', description: 'a custom field', repeat: true });
  if (kind === 'deal')
    specs.push({
      flags: '--contact-name <NAME>',
      description: 'the name of the contact, where the e-mail is new',
    });
  if (kind === 'event') specs.push({ flags: '--prop <KEY=VALUE>', description: 'a property', repeat: true });
  return specs;
}

/** What people need to know of fields beyond their type. */
const described: Readonly<Record<string, string>> = {
  'deal title': 'text; {{ contact.name }} and the like are written out',
  'task title': 'text; {{ deal.title }} and the like are written out',
  'deal pipeline': 'its id or name; else the first',
  'deal stage': "its id or name; else the pipeline's entry",
  'deal currency': "an ISO 4217 code; else the pipeline's",
  'deal owner': 'a user, auto or none; else as the pipeline assigns, else who adds it',
  'deal contact': 'an e-mail, a name or an id; a new e-mail makes a contact',
  'deal contacts': 'several, with commas; the first is the primary one',
  'deal account': 'a name or an id; a new name makes an account',
  'task type': "one of the workspace's task types; else todo",
  'task for': 'a deal, contact or account: its id, e-mail or name',
  'task repeat': 'daily, workdays, weekly, monthly, every 2 weeks, ...: done, it comes again',
  'task whenCreated': 'an automation to start now, for the record that the task is for',
  'task whenDone': 'an automation to start when the task is done',
  'task assignee': 'a user, or none; else who adds it',
  'activity at': 'when it was; else now',
  'activity by': 'who it was; else who adds it',
  'event at': 'when it was; else now',
  'invoice currency': "an ISO 4217 code; else the deal's",
  'invoice for': "a deal, contact or account; a deal's customer is taken over",
  'invoice issued': 'a day; else today',
};

function describe(field: Field, kind: Kind): string {
  const known = described[`${kind} ${field.name}`];
  if (known) return known;
  if (field.name === 'externalId') return 'its id elsewhere, for imports';
  if (field.type === 'choice') return (field.options?.(noSettings) ?? []).join(', ');
  if (field.refs) return `${field.refs.join(', ')}: an id, an e-mail or a name`;
  const types: Partial<Record<Field['type'], string>> = {
    day: 'a day: 2026-12-01, +30d, eom',
    instant: 'a time or a day',
    money: 'an amount: 1200.50 or 10k',
    user: 'a user, or none',
    tags: 'tags: a,b,c',
    word: 'text',
    boolean: 'yes or no',
  };
  return types[field.type] ?? field.type;
}

/** `crm <kind> add`. A deal makes a contact or account that does not exist yet. */
export const add = (kind: Kind): Command => ({
  summary: `add ${withArticle(kind)}`,
  usage: positional[kind] ? positional[kind]!.toUpperCase() : '',
  options: optionsOf(kind),
  examples: examples[kind] ?? [],
  async run(context, args, options) {
    const committed = await context.change(async writer => {
      const fields = readFields(kind, args, options, writer);
      const isTitled = kind === 'deal' || kind === 'task';
      return writer.add(kind, isTitled ? await withTitle(writer, kind, fields) : fields);
    });
    await reportAdded(context, committed, kind);
  },
});

function readFields(kind: Kind, args: readonly string[], options: Options, writer: Writer): Fields {
  const given = new Map<string, string>();
  for (const field of fieldsOf(noSettings, kind))
    for (const name of namesOf(field)) {
      const text = options.text(camel(name));
      if (text !== undefined) given.set(field.name, text);
    }
  const first = positional[kind];
  if (args[0] !== undefined && first) {
    if (given.has(first))
      throw usage(`the ${first} is given twice`, `either as an argument or as --${first}`);
    given.set(first, args[0]);
  }
  for (const [name, text] of assignments(options.list('field'), 'a field')) given.set(name, text);
  const values = newFields(writer, kind, given, options.text('contactName'));
  const props = assignments(options.list('prop'), 'a property');
  if (props.length > 0)
    values.props = Object.fromEntries(props.map(([key, text]) => [key, propertyOf(text)]));
  return values;
}

/** `key=value` pairs; names that JavaScript treats in a way of its own are refused. */
export function assignments(texts: readonly string[], what: string): [string, string][] {
  return texts.map(text => {
    const at = text.indexOf('=');
    if (at <= 0)
      throw usage(
        `${what} is given as NAME=VALUE, not as ${JSON.stringify(text)}`,
        'for example product=chairs',
      );
    const name = text.slice(0, at);
    requireName(what, name);
    return [name, text.slice(at + 1)];
  });
}

const examples: { readonly [kind in Kind]?: readonly string[] } = {
  deal: [
    'deal add "40 chairs, 10 tables" --value 5200 --contact jane@example.com --account "Acme"',
    "deal add 'Chairs for {{ contact.name }}' --contact jane@example.com",
  ],
  contact: ['contact add --email jane@example.com --name "Jane Roe"'],
  account: ['account add "Acme" --domain acme.example'],
  task: [
    'task add "Call back" --for D12 --type call --due +2d --assignee ana',
    'task add "Send report" --for A7 --due friday --repeat weekly',
  ],
  activity: ['activity add --type call --for D12 --text "wants a quote"'],
  event: ['event add form.submitted --contact jane@example.com --prop form=quote'],
  invoice: ['invoice add --for D12 --amount 5200 --issued 2026-05-03'],
};
