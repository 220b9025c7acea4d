import { z } from 'zod';
import { definitionOf } from '../../kinds/define.ts';
import { recordKinds } from '../../kinds/index.ts';
import { own, paged, pageOf, paging, rowsIn, saidOf } from '../pages.ts';
import { optionWords, refuse, tool } from '../tool.ts';

const kinds = recordKinds.names.filter(name => name !== 'enrolment');
const settings = [
  'pipeline',
  'stage',
  'field',
  'user',
  'team',
  'view',
  'task-type',
  'automation',
  'template',
];

export const list = tool({
  name: 'list',
  title: 'List records or settings',
  description:
    'Records of a kind that a query finds, or the settings of a kind (pipelines, stages, custom fields, users, saved views, automations, ...). Queries: `stage:proposal owner:ana value:1000..5000 close:<eom tag:vip not:tag:cold idle:>30d is:open "office chairs"`; terms are ANDed, a comma means any of, `or` and parentheses work; help with topic query says more. Look at pipelines, stages and fields first: an unknown field or value is an error that names the known ones.',
  does: 'reads',
  input: z.strictObject({
    kind: z.enum([...kinds, ...settings] as [string, ...string[]]),
    query: z
      .string()
      .max(2000)
      .optional()
      .describe(
        'which records (default: all but the trash); of settings, parts of names or FIELD:VALUE, such as pipeline:sales',
      ),
    fields: z
      .array(z.string().max(60))
      .max(40)
      .optional()
      .describe(
        'which fields, such as id, title, account.name, contact.email (default: those that lists show)',
      ),
    sort: z.string().max(100).optional().describe('a field; -FIELD in reverse'),
    ...paging,
  }),
  output: { rows: z.array(z.looseObject({})), count: z.number().optional(), ...paged },
  async run({ kind, query, fields, sort, ...asked }, { desk }) {
    const page = pageOf({ kind, query, fields, sort, ...asked });
    const chosen = fields?.length ? fields.join(',') : undefined;
    const isRecord = !settings.includes(kind);
    if (!isRecord) {
      if (sort !== undefined)
        refuse(
          'settings are listed in the order in which they stand',
          'leave sort out, or list a kind of record',
        );
      const shown = await desk.read([
        kind,
        'list',
        ...optionWords({ fields: chosen }),
        '--',
        ...wordsOf(query),
      ]);
      if (!shown.ok) return shown;
      const { rows, next } = page.cut(rowsIn(shown.value).slice(page.offset));
      return { told: { said: saidOf(rows.length, undefined, next), ...own(next), data: { rows } } };
    }
    const where = query === undefined ? [] : [query];
    const counted = await desk.read([kind, 'list', '--count', '--', ...where]);
    if (!counted.ok) return counted;
    const shown = await desk.read([
      kind,
      'list',
      ...optionWords({
        fields: chosen ?? definitionOf(recordKinds, kind).inLists.join(','),
        sort,
        limit: page.count,
        offset: page.offset,
      }),
      '--',
      ...where,
    ]);
    if (!shown.ok) return shown;
    const count = countIn(counted.value);
    const { rows, next } = page.cut(rowsIn(shown.value));
    return {
      told: { said: saidOf(rows.length, count, next), ...own(next, count), data: { rows } },
    };
  },
});

/** The words of a query of settings, each a filter; quotes keep blanks. */
const wordsOf = (query = ''): string[] =>
  (query.match(/(?:"[^"]*"|[^\s"])+|"/g) ?? [])
    .map(word => word.replaceAll('"', ''))
    .filter(word => word !== '');

const countIn = (value: unknown): number =>
  typeof value === 'number' ? value : Number((value as { readonly count?: number }).count ?? 0);
