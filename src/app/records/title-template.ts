/** Titles with variables of the deal or task: `Chairs for {{ contact.name }}`. */
import { usage } from '../../domain/errors.ts';
import type { Rec } from '../../domain/records.ts';
import { dataOfNew, knownVariables } from '../../engine/texts/text-data.ts';
import { TextError } from '../../engine/texts/texts.ts';
import type { Fields, Writer } from '../core/writer.ts';

/** The fields of a new deal or task with its title written out; USAGE for a variable that is unknown, or empty for it. */
export async function withTitle(writer: Writer, kind: 'deal' | 'task', fields: Fields): Promise<Fields> {
  const { title } = fields;
  if (typeof title !== 'string' || !/\{[{%]/.test(title)) return fields;
  const { config, draft } = writer;
  const { makeTexts } = await import('../../engine/texts/liquid.ts');
  const texts = makeTexts(config.timezone);
  const problem = texts.check(title, knownVariables(config));
  if (problem) throw usage(`title: ${problem.message}`, problem.hint);
  const record = { ...writer.completed(kind, fields), id: '' } as Rec;
  const { now } = draft.clock;
  try {
    const all = dataOfNew(draft.state, kind, record, { texts, now });
    return { ...fields, title: texts.render(title, { all }, now) };
  } catch (error) {
    if (error instanceof TextError) throw usage(`title: ${error.message}`);
    throw error;
  }
}
