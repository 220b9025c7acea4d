import { restoreEntry } from '../../../app/settings/restore-setting.ts';
import { addView, removeView, setView, viewKeys, viewNamed } from '../../../app/settings/views.ts';
import type { View } from '../../../domain/config.ts';
import { kindNamed } from '../../line/kind.ts';
import { requiredQuery, text, view as viewWord } from '../../args/declare.ts';
import { plainColumn } from '../../../ui/thing-column.ts';
import { neverWas } from '../never-was.ts';
import { settingNoun } from '../noun.ts';

export const view = settingNoun<View>({
  name: 'view',
  many: 'saved views',
  named: () => ({ name: viewWord() }),
  newNamed: () => ({
    name: text('NAME', 'which name', { example: 'hot' }),
    query: requiredQuery({ example: 'is:open value.over:10k' }),
  }),
  sample: { one: 'hot', other: 'mine', renamed: 'big-deals', filter: 'of:deals' },
  verbs: {
    add: {
      summary: 'save a query under a name',
      options: [{ flags: '--of <KIND>', description: 'what it finds: deals, contacts, tasks, ... (deals)' }],
      examples: ["view add hot 'is:open value.over:10k'", 'view add mine owner:me is:open', 'deal list @hot'],
    },
    show: { summary: 'show a saved view; crm deal list @NAME shows what it finds' },
    set: {
      examples: [
        "view set hot query='is:open value.over:20k'",
        "view set mine query='owner:me is:open idle:>14d'",
      ],
    },
  },
  columns: () => [
    plainColumn('id', view => view.id),
    plainColumn('of', view => view.of),
    plainColumn('query', view => view.query, { isName: true }),
  ],
  idOf: view => view.id,
  all: ({ visible }) => visible.views,
  find: ({ visible }, [name]) => viewNamed(visible, name!),
  keys: viewKeys,
  add({ args: [name = '', ...query], options, kinds }) {
    const kind = kindNamed(kinds, options.text('of') ?? 'deals');
    // Several arguments are ANDed, each a whole of its own.
    const text =
      query.length === 1 ? query[0]! : query.map(arg => (/\s/.test(arg) ? `(${arg})` : arg)).join(' ');
    return {
      id: name,
      decide: ({ draft, view: { viewer } }) => addView(draft, viewer, name, kind, text),
    };
  },
  set: ({ draft, view: { viewer } }, view, { values }) => setView(draft, viewer, view, values),
  async rename(writer, thing, id) {
    const { renameView } = await import('../../../app/settings/rename/rename-view.ts');
    return renameView(writer, thing, id);
  },
  rm: ({ draft, view: { viewer } }, view) => removeView(draft, viewer, view),
  restore(writer, journal, [name]) {
    const id = name!.replace(/^@/, '');
    return restoreEntry(writer, journal, ['views', id], neverWas('view', id));
  },
});
