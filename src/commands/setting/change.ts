/** Changing one thing of the settings that words name, and saying so. */
import type { Writer } from '../../app/core/writer.ts';
import type { Context } from '../line/context.ts';
import type { Options } from '../line/options.ts';
import { groundOf, type Notes, type SettingNoun } from './noun.ts';
import { reportSettingChanged } from './report.ts';

interface Chosen {
  readonly words: readonly string[];
  readonly options: Options;
  /** What is reported: `changed`. */
  readonly did: string;
  /** The id that it has now, if that is another one. */
  readonly now?: string;
}

export async function changeSetting(
  context: Context,
  noun: SettingNoun,
  { words, options, did, now }: Chosen,
  change: (writer: Writer, thing: unknown) => Promise<Notes>,
): Promise<void> {
  const committed = await context.changeSettings(async writer => {
    const thing = noun.find(groundOf(writer), words, options);
    return { id: noun.idOf(thing), notes: await change(writer, thing) };
  });
  // A request that was carried out before has no result.
  const { id = words.at(-1)!, notes } = committed.result ?? {};
  await reportSettingChanged(context, committed, now ?? id, now === undefined ? did : `${did} ${id} to`);
  for (const note of notes ?? []) await context.message(note);
}
