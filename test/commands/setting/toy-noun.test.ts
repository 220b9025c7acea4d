/** A noun of the settings that crm does not have, from add to restore and undo: one definition and one line are all it takes. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { asList, asText, putSettings, type SettingKeys } from '../../../src/app/settings/setting-keys.ts';
import { restoreEntry } from '../../../src/app/settings/restore-setting.ts';
import { editSettings, takeOut } from '../../../src/app/settings/settings.ts';
import { text as word } from '../../../src/commands/args/declare.ts';
import { valuesGiven } from '../../../src/commands/setting/key-options.ts';
import { neverWas } from '../../../src/commands/setting/never-was.ts';
import { settingNoun, type SettingNouns } from '../../../src/commands/setting/noun.ts';
import { settingNouns } from '../../../src/commands/setting/nouns/index.ts';
import type { Config } from '../../../src/domain/config.ts';
import { conflict, usage } from '../../../src/domain/errors.ts';
import { plainColumn } from '../../../src/ui/thing-column.ts';
import { copiesOf, type TestWorkspace, workspace } from '../../harness.ts';

/** A mapping of an import, of which crm has no noun: an entry of `imports` in crm.yaml. */
interface Mapping {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly ignore?: readonly string[];
}

const keys: SettingKeys = {
  kind: { read: asText, required: true, option: { takes: 'KIND', help: 'what its rows become' } },
  name: { read: asText },
  ignore: { read: asList, option: { takes: 'COLUMNS', help: 'columns to leave out', isList: true } },
};

const mappingsOf = (config: Config): Mapping[] =>
  Object.entries(config.imports).map(([id, mapping]) => ({ id, ...(mapping as Omit<Mapping, 'id'>) }));

const mapping = settingNoun<Mapping>({
  name: 'mapping',
  many: 'mappings of imports',
  named: () => ({ name: word('NAME', 'which mapping') }),
  sample: { one: 'leads', other: 'guests', renamed: 'visitors', filter: 'kind:contacts' },
  verbs: { add: { examples: ['mapping add leads --kind contacts'] } },
  columns: () => [
    plainColumn('id', each => each.id),
    plainColumn('kind', each => each.kind),
    { ...plainColumn<Mapping>('ignore', each => each.ignore), jsonOnly: true },
  ],
  idOf: each => each.id,
  all: ({ visible }) => mappingsOf(visible),
  find({ visible }, [id]) {
    const found = mappingsOf(visible).find(each => each.id === id);
    if (!found) throw usage(`unknown mapping ${JSON.stringify(id)}`);
    return found;
  },
  keys,
  signs: 'ignore',
  add({ args, options }) {
    const id = args[0]!;
    const values = valuesGiven('mapping', keys, options);
    return {
      id,
      async decide({ config, draft, view }) {
        if (Object.hasOwn(config.imports, id)) throw conflict(`there is a mapping ${id} already`);
        await editSettings(draft, view.viewer, 'crm.yaml', tree =>
          tree.put(['imports', id], Object.fromEntries(values)),
        );
        return [`crm import FILE --mapping ${id}`];
      },
    };
  },
  async set({ draft, view }, { id, ignore = [] }, { values, signs }) {
    const [kept, added] = [
      ignore.filter(column => !signs.includes(`-${column}`)),
      signs.filter(sign => sign.startsWith('+')).map(sign => sign.slice(1)),
    ];
    const all = signs.length > 0 ? new Map([...values, ['ignore', [...kept, ...added]] as const]) : values;
    await editSettings(draft, view.viewer, 'crm.yaml', tree => putSettings(tree, ['imports', id], all));
  },
  rm: ({ draft, view }, { id }) =>
    takeOut(draft, view.viewer, 'crm.yaml', `the mapping ${id}`, tree => tree.take(['imports', id])),
  restore: (writer, journal, [id]) =>
    restoreEntry(writer, journal, ['imports', id!], neverWas('mapping', id!)),
});

const nouns: SettingNouns = {
  ...settingNouns,
  mapping: { summary: 'mappings of imports', load: async () => mapping },
};

const withMappings = copiesOf(async () => {
  const ws = await workspace();
  ws.nouns = nouns;
  await ws.ok('user add ana');
  return ws;
});

const text = (ws: TestWorkspace) => readFileSync(join(ws.dir, 'crm.yaml'), 'utf8');

test('goes from add to restore, with help, formats, a dry run and undo', async () => {
  const ws = await withMappings();
  expect(await ws.ok('help')).toContain('  mapping     mappings of imports\n');
  expect(await ws.ok('mapping')).toContain('  mapping add NAME                        add a mapping\n');
  const help = await ws.ok('mapping add --help');
  expect(help).toContain('--ignore COLUMNS  columns to leave out\n');
  expect(help).toContain('crm mapping add leads --kind contacts');
  const before = text(ws);

  expect((await ws.crm('mapping add leads --kind contacts --dry-run')).out).toContain('leads');
  expect(text(ws)).toBe(before);
  const added = await ws.crm('mapping add leads --kind contacts --ignore Note --ignore Id');
  expect(added).toMatchObject({ code: 0, out: 'leads\n', err: 'crm import FILE --mapping leads\n' });
  expect(text(ws)).toContain('  leads: { kind: contacts, ignore: [ Note, Id ] }\n');
  expect(await ws.json('mapping list')).toEqual([{ id: 'leads', kind: 'contacts', ignore: ['Note', 'Id'] }]);
  expect(await ws.ok('mapping list kind:deals')).toBe('');
  expect(await ws.ok('mapping show leads')).toBe('leads\tcontacts\n');
  expect(await ws.ok('mapping ls -q')).toBe('leads\n');

  expect((await ws.crm('mapping set leads kind=deals')).err).toBe('changed leads\n');
  expect((await ws.crm('mapping set leads kind=deals')).err).toBe(
    'nothing to do: leads is already in that state\n',
  );
  await ws.ok('mapping set leads +Age -Note');
  expect(await ws.json('mapping show leads')).toEqual({ id: 'leads', kind: 'deals', ignore: ['Id', 'Age'] });
  expect((await ws.crm('mapping rename leads Leads')).err).toBe('renamed leads\n');
  expect(text(ws)).toContain('name: Leads');
  const edited = await ws.crm('mapping edit leads', {
    editor: all => all.replace('name: Leads', 'name: All'),
  });
  expect(edited).toMatchObject({ code: 0, err: 'changed crm.yaml\n' });

  const whole = text(ws);
  expect(await ws.json<object>('mapping rm leads')).toMatchObject({ id: 'leads' });
  expect(text(ws)).toBe(before);
  expect((await ws.crm('mapping restore leads')).err).toBe('restored leads\n');
  expect(text(ws)).toBe(whole);
  await ws.ok('undo');
  expect(text(ws)).toBe(before);
});

const refused = [
  ['mapping add', 2, 'which mapping?', 'crm mapping add NAME'],
  ['mapping add leads --kind deals', 4, 'there is a mapping leads already', null],
  ['mapping add more --kind=', 2, 'a mapping needs a kind', null],
  ['mapping show', 2, 'which mapping?', 'crm mapping show NAME'],
  ['mapping show other', 2, 'unknown mapping "other"', null],
  ['mapping set leads', 2, 'what to set?', 'crm mapping set leads +WORD'],
  ['mapping set kind=deals', 2, 'which mapping?', 'crm mapping set NAME kind=deals'],
  ['mapping set leads kin=deals', 2, 'a mapping has no "kin"', 'did you mean kind?'],
  ['mapping set leads id=x', 2, 'the id of a mapping never changes', 'name=... is what people read'],
  ['mapping rename leads', 2, 'which new name?', 'crm mapping rename leads NEW'],
  ['mapping restore other', 2, 'there never was a mapping "other"', 'crm history'],
  ['mapping rm leads --as ana', 1, 'ana is normal and may not change settings', 'an admin may: --as USER'],
  ['mapping list colour:red', 2, 'unknown field "colour"', 'fields: id, kind, ignore'],
] as const;

const codes = { 1: 'FAILED', 2: 'USAGE', 4: 'CONFLICT' };

test('a wrong request is refused with the nearest right thing, and nothing is written', async () => {
  const ws = await withMappings();
  await ws.ok('mapping add leads --kind contacts');
  const before = text(ws);
  for (const [line, exit, message, hint] of refused) {
    const { code, err, out } = await ws.crm(`${line} --json`);
    expect({ line, exit: code, out, ...JSON.parse(err).error }).toEqual({
      line,
      exit,
      out: '',
      code: codes[exit],
      message,
      hint,
    });
  }
  expect(text(ws)).toBe(before);
});
