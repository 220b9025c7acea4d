import type { Origin } from '../../app/inbound/deal-from-mail.ts';
import { newFields } from '../../app/records/given-fields.ts';
import { withTitle } from '../../app/records/title-template.ts';
import type { Fields, Writer } from '../../app/core/writer.ts';
import { reportAdded } from '../printing/changed.ts';
import { MadeNear } from './made-with.ts';
import { optional, text } from '../args/declare.ts';
import { command } from '../line/command.ts';
import type { Argument } from '../args/argument.ts';
import { asPair, assignments } from '../args/assignments.ts';
import { fieldValue } from '../args/field-value.ts';
import type { Options, OptionSpec } from '../line/options.ts';
import { withArticle } from '../../domain/article.ts';
import { noSettings } from '../../domain/config.ts';
import { readAddress } from '../../domain/email.ts';
import { usage } from '../../domain/errors.ts';
import { givenTwice } from '../../domain/given-twice.ts';
import type { Kind, Kinds } from '../../domain/kinds.ts';
import { camel, kebab } from '../../domain/name-case.ts';
import type { Rec } from '../../domain/records.ts';
import { propertyOf } from '../../kinds/event-property.ts';
import type { Field } from '../../kinds/field.ts';
import { fieldTypes } from '../../kinds/field-types.ts';
import { fieldsOf, findField } from '../../kinds/fields.ts';
import { definitionOf } from '../../kinds/define.ts';

const namesOf = (field: Field): string[] => [field.name, ...field.aliases].map(kebab);

/** `--contact` of a deal, `--email` of a contact: one, commas included, and may be given for each of several. */
const isOneOfSeveral = (kinds: Kinds, kind: Kind, field: Field): boolean =>
  (field.type === 'ref' && field.path !== field.name) ||
  (definitionOf(kinds, kind).several?.some(({ one }) => one === field.name) ?? false);

/** The options that give a field without its own name: its other names, and the fields that it shows as one. */
const insteadOf = (field: Field): string[] => [...namesOf(field).slice(1), ...(field.parts ?? []).map(kebab)];

const isList = ({ type }: Field): boolean => fieldTypes[type].list === true;

function optionsOf(kinds: Kinds, kind: Kind): OptionSpec[] {
  // Built-in fields do not depend on the workspace, so that help works without one.
  const fields = fieldsOf(noSettings(kinds), kind).filter(f => f.settable || f.isSplit);
  const specs: OptionSpec[] = fields.flatMap(f =>
    namesOf(f).map((name, i) => ({
      flags: `--${name} <VALUE>`,
      description: i === 0 ? describe(f, kinds) : `the same as --${kebab(f.name)}`,
      value: fieldValue(kinds, kind, f),
      ...(i === 0 && f.asks !== undefined && { asks: f.asks, isRequired: true, asksUnless: insteadOf(f) }),
      ...(isOneOfSeveral(kinds, kind, f)
        ? { repeat: true as const }
        : isList(f) && { repeat: 'list' as const }),
    })),
  );
  if (definitionOf(kinds, kind).isExtensible)
    specs.push({ flags: '--field <NAME=VALUE>', description: 'a custom field', repeat: true });
  const { makesContacts, hasProps } = definitionOf(kinds, kind);
  if (makesContacts)
    specs.push({
      flags: '--contact-name <NAME>',
      description: 'the name of the contact, if the e-mail is new',
    });
  if (makesOthers(kinds, kind))
    specs.push({
      flags: '--existing',
      description: `create no ${makesContacts ? 'contacts and accounts' : 'accounts'}: named ones must exist`,
    });
  if (makesContacts)
    specs.push({
      flags: '--from <ID>',
      description: 'the e-mail that it comes from, which gives its title and contact, and is filed under it',
    });
  if (hasProps) specs.push({ flags: '--prop <KEY=VALUE>', description: 'a property', repeat: true });
  return specs;
}

/** Whether contacts or accounts that do not exist are made with a record. */
function makesOthers(kinds: Kinds, kind: Kind): boolean {
  const { makesContacts, makesAccounts } = definitionOf(kinds, kind);
  return makesContacts === true || makesAccounts === true;
}

/** Says what an option takes, for help. */
function describe(field: Field, kinds: Kinds): string {
  if (field.help) return field.help;
  if (field.type === 'choice') return (field.options?.(noSettings(kinds)) ?? []).join(', ');
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

/** Returns the argument that names a record of a kind, if it has one. It may be left out: an option says the same. */
function nameOf(kinds: Kinds, kind: Kind): { readonly name?: Argument<string | undefined> } {
  const { named, makesContacts } = definitionOf(kinds, kind);
  if (named === undefined) return {};
  const argument = optional(text(named.toUpperCase(), `which ${named}`));
  const asksUnless = [named, ...(makesContacts ? ['from'] : [])];
  return { name: { ...argument, line: named.toUpperCase(), asksUnless } };
}

/** `crm <kind> add`. A deal makes a contact or account that does not exist yet. */
export const add = (kinds: Kinds, kind: Kind) =>
  command({
    summary: `add ${withArticle(kind)}`,
    effect: 'changes',
    args: nameOf(kinds, kind),
    options: optionsOf(kinds, kind),
    examples: definitionOf(kinds, kind).examples.add ?? [],
    async run(context, { name }, options) {
      const made = new MadeNear(context, kind);
      const committed = await context.change(
        async writer => {
          const from = options.text('from');
          if (from !== undefined)
            return addFromMail(writer, kind, from, origin => readFields(kind, name, options, writer, origin));
          const fields = readFields(kind, name, options, writer);
          const isTitled = definitionOf(kinds, kind).fields.some(each => each.isTemplate);
          return writer.add(
            kind,
            isTitled ? await withTitle(writer, kind as 'deal' | 'task', fields) : fields,
          );
        },
        { confirm: draft => made.ask(draft) },
      );
      await made.report(committed);
      await reportAdded(context, committed, kind);
    },
  });

/** Adds a record from an e-mail. Its title is not a template: somebody else wrote it. */
async function addFromMail(
  writer: Writer,
  kind: Kind,
  key: string,
  read: (origin: Origin) => Fields,
): Promise<Rec> {
  const { moveToDeal, originOf } = await import('../../app/inbound/deal-from-mail.ts');
  const origin = originOf(writer, key);
  const added = writer.add(kind, read(origin));
  moveToDeal(writer, origin, added.id);
  return added;
}

function readFields(
  kind: Kind,
  name: string | undefined,
  options: Options,
  writer: Writer,
  origin?: Origin,
): Fields {
  const { kinds } = writer.config;
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
  for (const field of fieldsOf(noSettings(kinds), kind))
    for (const name of namesOf(field)) {
      const text = options.text(camel(name));
      if (text !== undefined) give(field.name, text, `--${name}`);
    }
  const { named: first, knownBy } = definitionOf(kinds, kind);
  // An address alone is enough to add a contact: `contact add 'Jane Roe <jane@example.com>'`.
  const isByAddress = knownBy === 'email' && options.list(knownBy).length === 0 && !given.has(knownBy);
  const person = isByAddress ? readAddress(name ?? '') : undefined;
  if (person && first) {
    given.set('email', person.email);
    if (person.name !== undefined && !given.has(first)) given.set(first, person.name);
  } else if (name !== undefined && first) {
    if (given.has(first))
      throw usage(`the ${first} is given twice`, `either as an argument or as --${first}`);
    given.set(first, name);
  }
  for (const [name, text] of options.list('field').map(asPair('a field'))) give(name, text, name);
  const named = definitionOf(kinds, kind).makesContacts ? [...new Set(options.list('contact'))] : [];
  if (origin && first && !given.has(first)) given.set(first, origin.title);
  const contacts = origin && named.length === 0 ? [origin.contact] : named;
  const several = new Map(
    (definitionOf(kinds, kind).several ?? []).map(({ one }) => [one, [...new Set(options.list(one))]]),
  );
  const people = {
    contacts,
    contactName: options.text('contactName'),
    several,
    mustExist: makesOthers(kinds, kind) && options.flag('existing'),
  };
  const values = newFields(writer, kind, given, people);
  const props = assignments(options.list('prop'), 'a property');
  if (props.length > 0)
    values.props = Object.fromEntries(props.map(([key, text]) => [key, propertyOf(text)]));
  return values;
}
