/** Imports webhook bodies from a file (`crm event import --provider NAME`): one JSON document for each, or all in a list. */
import { type TakenEvents, takeProviderEvents } from '../../app/inbound/provider-events.ts';
import { providers } from '../../channels/providers/index.ts';
import type { ProviderEvent } from '../../channels/providers/provider.ts';
import { CrmError, invalid, usage } from '../../domain/errors.ts';
import type { Json } from '../../domain/records.ts';
import { camel } from '../../domain/name-case.ts';
import { plural } from '../../ui/words.ts';
import type { Context } from '../line/context.ts';
import { oneOf } from '../line/globals.ts';
import { importOptions } from '../import.ts';
import { readNamed } from '../line/named-file.ts';
import type { Options } from '../line/options.ts';
import { printJson } from '../printing/output.ts';

/** The result of a request that was carried out before, without a new decision. */
const repeated: TakenEvents = { created: 0, known: 0, unknown: 0 };

/** Imports the events of a file, or of standard input for `-`, as one transaction. */
export async function importProviderEvents(
  context: Context,
  name: string,
  file: string,
  options: Options,
): Promise<number> {
  const known = oneOf(
    '--provider',
    name,
    providers.map(each => each.name),
  );
  const other = importOptions.find(({ flags }) => isGiven(options.all()[nameOf(flags)]));
  if (other)
    throw usage(
      `--provider cannot be used with ${other.flags.split(' ')[0]}`,
      'a provider says itself what its fields mean',
    );
  const provider = providers.find(each => each.name === known)!;
  const text = file === '-' ? await context.readStdin() : await readNamed(context, file);
  const events = bodiesIn(text).flatMap(({ body, line }): ProviderEvent[] => {
    try {
      return provider.events(body);
    } catch (error) {
      if (!(error instanceof CrmError)) throw error;
      throw invalid(`${file === '-' ? 'standard input' : file}:${line}: ${error.message}`, error.hint);
    }
  });
  const { tx, result = repeated } = await context.change(writer => takeProviderEvents(writer, known, events));
  if (await printJson(context, { ...result, tx })) return 0;
  const did = context.globals.dryRun ? 'would add' : 'added';
  const parts = [`${did} ${plural(result.created, 'event')}`];
  if (result.known > 0) parts.push(`${result.known} known already`);
  if (result.unknown > 0) parts.push(`${result.unknown} of addresses that no contact has`);
  await context.message(parts.join('; '));
  return 0;
}

/** The key under which the value of the option is stored. */
const nameOf = (flags: string): string => camel(flags.split(' ')[0]!.replace(/^--/, ''));

const isGiven = (value: unknown): boolean =>
  Array.isArray(value) ? value.length > 0 : value !== undefined && value !== false;

/** Returns the bodies in a file, each with its first line: the whole file is one body, or each line is. */
function bodiesIn(text: string): { body: Json; line: number }[] {
  const whole = parsed(text);
  if (whole !== undefined) return [{ body: whole, line: 1 }];
  return text.split('\n').flatMap((each, i) => {
    if (each.trim() === '') return [];
    const body = parsed(each);
    if (body === undefined)
      throw invalid(`line ${i + 1} is not JSON`, 'one webhook body, or one on each line');
    return [{ body, line: i + 1 }];
  });
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
