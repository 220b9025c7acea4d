import {
  addCustomField,
  type CustomFieldOf,
  customFieldNamed,
  fieldKeys,
  newFieldKeys,
  removeCustomField,
  setCustomField,
} from '../../../app/settings/custom-fields.ts';
import { restoreEntry } from '../../../app/settings/restore-setting.ts';
import { customFieldsOf } from '../../../domain/config.ts';
import { usage } from '../../../domain/errors.ts';
import type { Kind, Kinds } from '../../../domain/kinds.ts';
import { suggestion } from '../../../domain/nearest.ts';
import type { Argument } from '../../args/argument.ts';
import { field as fieldWord, text } from '../../args/declare.ts';
import { plainColumn } from '../../../ui/thing-column.ts';
import { plural } from '../../../ui/words.ts';
import { valuesGiven } from '../key-options.ts';
import { neverWas } from '../never-was.ts';
import { settingNoun } from '../noun.ts';

/** The kind that a word names, of those that have custom fields. */
function kindIn({ extensible }: Kinds, word: string): Kind {
  if (extensible.includes(word)) return word;
  throw usage(
    `unknown kind ${JSON.stringify(word)} of a custom field`,
    suggestion(word, extensible, 'accepted'),
  );
}

/** The kind whose field is meant. */
const kindWord = ({ extensible }: Kinds): Argument<string> => ({
  type: 'word',
  label: extensible.join('|'),
  asks: 'of what',
  example: 'deal',
  words: extensible,
});

export const field = settingNoun<CustomFieldOf>({
  name: 'field',
  many: 'custom fields',
  what: 'custom field',
  named: kinds => ({ kind: kindWord(kinds), name: fieldWord() }),
  newNamed: kinds => ({ kind: kindWord(kinds), name: text('NAME', 'which name', { example: 'product' }) }),
  sample: { one: 'deal product', other: 'contact size', renamed: 'article', filter: 'kind:deal' },
  verbs: {
    add: {
      examples: [
        'field add deal product --type text',
        'field add contact size --type choice --options "small,large"',
      ],
    },
    set: {
      options: [
        { flags: '--move-to <OPTION>', description: 'the new option for the records of a removed one' },
      ],
      examples: [
        'field set contact size options="small,large,huge"',
        'field set contact size options="small,large" --move-to large',
      ],
    },
    rm: {
      summary: 'take a custom field out of the settings; its values stay in the records',
      examples: ['field rm deal product', 'field rm contact size --dry-run'],
    },
  },
  columns: () => [
    plainColumn('kind', field => field.kind),
    plainColumn('name', field => field.name),
    plainColumn('type', field => field.type),
    plainColumn('label', field => field.label),
    plainColumn('options', field => field.options),
  ],
  idOf: field => field.name,
  all: ({ config }) =>
    config.kinds.extensible.flatMap(kind => customFieldsOf(config, kind).map(field => ({ kind, ...field }))),
  find({ config }, [word, name]) {
    const kind = kindIn(config.kinds, word!);
    return { kind, ...customFieldNamed(config, kind, name!) };
  },
  keys: fieldKeys,
  newKeys: newFieldKeys,
  add({ args: [word, name], options, kinds }) {
    const kind = kindIn(kinds, word!);
    const values = valuesGiven('custom field', newFieldKeys, options);
    return { id: name!, decide: writer => addCustomField(writer, kind, name!, values) };
  },
  async set(writer, field, { values, options }) {
    const to = options.text('moveTo');
    const moved = await setCustomField(writer, field.kind, field, values, to);
    if (moved > 0) return [`moved ${plural(moved, field.kind)} to ${to}`];
  },
  async rename(writer, field, name) {
    const { renameField } = await import('../../../app/settings/rename/rename-field.ts');
    return renameField(writer, field, name);
  },
  async rm(writer, field) {
    const { kind, name } = field;
    const kept = await removeCustomField(writer, kind, field);
    const still = `${plural(kept, kind)} still ${kept === 1 ? 'has' : 'have'} a value of it`;
    if (kept > 0) return [`${still}: crm field restore ${kind} ${name} shows them again`];
  },
  restore(writer, journal, [word, name]) {
    const kind = kindIn(writer.config.kinds, word!);
    return restoreEntry(writer, journal, ['fields', kind, name!], neverWas('field', name!));
  },
});
