import { adjustScore, type ScoreChange, type ScoreChanged } from '../app/scores.ts';
import { parseDuration } from '../domain/dates.ts';
import { usage } from '../domain/errors.ts';
import { parseId } from '../domain/kinds.ts';
import { reportChanged } from './changed.ts';
import type { Command } from './command.ts';

/** Of how many records the new score is said before they are only counted. */
const NAMED = 5;

const amount = /^([+=-])(-?\d+(?:\.\d+)?)$/;

export const score: Command = {
  summary: 'adjust the score of a contact or deal',
  usage: 'ID... +N|-N|=N',
  dashes: true,
  options: [
    { flags: '--score <NAME>', description: 'which score; else the default one' },
    { flags: '--expires <DURATION>', description: 'after how long the points are gone: 30d' },
  ],
  examples: ['score C3 +10', 'score C3 -5 --expires 30d', 'score D12 =80 --score fit'],
  async run(context, args, options) {
    const amounts = args.filter(arg => amount.test(arg));
    const words = args.filter(arg => !amount.test(arg));
    const wrong = words.find(arg => /^([+=-].|\d+(\.\d+)?$)/.test(arg));
    if (wrong !== undefined)
      throw usage(`${JSON.stringify(wrong)} is no change of a score`, 'accepted: +10, -5, =80');
    if (words.length === 0 || amounts.length !== 1)
      throw usage('whose score, and by how much?', 'crm score C3 +10');
    const change = readChange(amounts[0]!, options.text('score'), options.text('expires'));
    const keys = await context.ids(words);
    let kind: 'contact' | 'deal' = 'contact';
    const committed = await context.change(writer => {
      const ids = [...new Set(keys.map(key => writer.view.find(['contact', 'deal'], key)))];
      const kinds = new Set(ids.map(id => parseId(id)!.kind));
      if (kinds.size > 1) throw usage('contacts and deals have scores of their own', 'one kind at a time');
      kind = kinds.has('deal') ? 'deal' : 'contact';
      return ids.map(id => adjustScore(writer, kind, id, change));
    });
    const changed = committed.result ?? [];
    const { dryRun, format } = context.globals;
    if (!dryRun && (format ?? 'table') === 'table' && changed.length > 0 && changed.length <= NAMED) {
      for (const each of changed) await context.message(inWords(each));
      return;
    }
    await reportChanged(
      context,
      committed,
      kind,
      changed.map(each => each.id),
      'adjusted',
    );
  },
};

/** What `+10`, `-5` or `=80` asks for. */
function readChange(text: string, score: string | undefined, expires: string | undefined): ScoreChange {
  const [, sign, number] = amount.exec(text)!;
  const points = Number(number) * (sign === '-' ? -1 : 1);
  return {
    score,
    how: sign === '=' ? 'set' : 'add',
    points,
    expires: expires === undefined ? undefined : parseDuration(expires),
  };
}

const inWords = ({ id, score, from, to }: ScoreChanged): string =>
  from === to ? `${id}: score ${score} stays ${to}` : `${id}: score ${score} ${from} → ${to}`;
