import { newFields } from '../../app/records/given-fields.ts';
import { withTitle } from '../../app/records/title-template.ts';
import type { Fields, Writer } from '../../app/writer.ts';
import { withArticle } from '../../domain/article.ts';
import { noSettings } from '../../domain/config.ts';
import { usage } from '../../domain/errors.ts';
import { propertyOf } from '../../domain/event-property.ts';
import { type Field, fieldsOf, findField } from '../../domain/fields.ts';
import { givenTwice, requireOnce } from '../../domain/given-twice.ts';
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

/** A deal's `--contact`: one natural key, commas included, and may be given for each of several. */
const isPrimaryContact = (kind: Kind, field: Field): boolean => kind === 'deal' && field.name === 'contact';

const isList = ({ type }: Field): boolean => type === 'tags' || type === 'choices' || type === 'refs';

function optionsOf(kind: Kind): OptionSpec[] {
  // Built-in fields do not depend on the workspace, so that help works without one.
  const fields = fieldsOf(noSettings, kind).filter(f => f.settable || f.name === 'for');
  const specs: OptionSpec[] = fields.flatMap(f =>
    namesOf(f).map((name, i) => ({
      flags: `--${name} <VALUE>`,
      description: i === 0 ? describe(f, kind) : `the same as --${kebab(f.name)}`,
      ...(isPrimaryContact(kind, f) ? { repeat: true as const } : isList(f) && { repeat: 'list' as const }),
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
  'deal contact': 'an e-mail, a name or an id; a new e-mail makes a contact; once for each of several',
  'deal contacts': 'several, with commas; the first is the primary one',
  'deal account': 'a name or an id; a new name makes an account',
  'contact owner': 'a user, or none; else the user who adds it',
  'account owner': 'a user, or none; else the user who adds it',
  'task type': "one of the workspace's task types; else todo",
  'task for': 'a deal, contact or account: its id, e-mail or name',
  'task due': 'a day, or a day and a time: +2d, friday, 3 dec, "tomorrow 14:30"',
  'task dueTime': 'the time of the day on which it is due: 14:30',
  'task repeat':
    'daily, workdays, weekly, monthly, every 2 weeks, last workday of month, ...: done, it comes again',
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
    time: 'a time of day: 14:30',
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
  // One field may be given by several names, and a list by several of its values.
  const give = (name: string, text: string, written: string) => {
    const field = findField(writer.config, kind, name);
    const key = field?.name ?? name;
    const before = given.get(key);
    if (before === undefined) given.set(key, text);
    else if (field && isList(field)) given.set(key, `${before},${text}`);
    else if (before !== text) throw givenTwice(written, before, text);
  };
  for (const field of fieldsOf(noSettings, kind))
    for (const name of namesOf(field)) {
      const text = options.text(camel(name));
      if (text !== undefined) give(field.name, text, `--${name}`);
    }
  const first = positional[kind];
  if (args[0] !== undefined && first) {
    if (given.has(first))
      throw usage(`the ${first} is given twice`, `either as an argument or as --${first}`);
    given.set(first, args[0]);
  }
  for (const [name, text] of options.list('field').map(asPair('a field'))) give(name, text, name);
  const contacts = [...new Set(options.list('contact'))];
  const values = newFields(writer, kind, given, { contacts, contactName: options.text('contactName') });
  const props = assignments(options.list('prop'), 'a property');
  if (props.length > 0)
    values.props = Object.fromEntries(props.map(([key, text]) => [key, propertyOf(text)]));
  return values;
}

/** `key=value` pairs; two values of one name are refused. */
export function assignments(texts: readonly string[], what: string): [string, string][] {
  const pairs = texts.map(asPair(what));
  requireOnce(pairs);
  return pairs;
}

/** Splits `key=value`; names that JavaScript treats in a way of its own are refused. */
const asPair =
  (what: string) =>
  (text: string): [string, string] => {
    const at = text.indexOf('=');
    if (at <= 0)
      throw usage(
        `${what} is given as NAME=VALUE, not as ${JSON.stringify(text)}`,
        'for example product=chairs',
      );
    const name = text.slice(0, at);
    requireName(what, name);
    return [name, text.slice(at + 1)];
  };

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
