import { adjustScore, type ScoreChange, type ScoreChanged } from '../app/records/scores.ts';
import type { Score } from '../domain/config.ts';
import { parseDuration } from '../domain/dates.ts';
import { requireExact } from '../domain/decimal.ts';
import { usage } from '../domain/errors.ts';
import type { Kinds } from '../domain/kinds.ts';
import { reportChanged } from './printing/changed.ts';
import { changeChosen, ofOption, whereOption } from './choose.ts';
import { chosen, formed } from './args/declare.ts';
import { command } from './line/command.ts';
import { namingIn } from './printing/naming.ts';

/** Of how many records the new score is said before they are only counted. */
const NAMED = 5;

const scored = ['contact', 'deal'] as const;

const amount = /^([+=-])(-?\d+(?:\.\d+)?)$/;

/** `+10`, `-5` or `=80`; whatever begins like one of them, or is a number, was meant as one. */
const amountArgument = formed({
  type: 'number',
  label: '+N|-N|=N',
  asks: 'by how much',
  example: '+10',
  isMany: true,
  line: '+N|-N|=N',
  form: word => /^([+=-].|\d+(\.\d+)?$)/.test(word),
  read(words) {
    const wrong = words.find(word => !amount.test(word));
    if (wrong !== undefined)
      throw usage(`${JSON.stringify(wrong)} is not a change of a score`, 'accepted: +10, -5, =80');
    if (words.length > 1) throw usage(`one change at a time, not ${words.join(' and ')}`, 'crm score C3 +10');
    return words[0]!;
  },
});

export const score = (kinds: Kinds) =>
  command({
    summary: 'adjust the score of a contact or deal',
    effect: 'changes',
    args: { words: chosen(scored, { asks: 'whose score' }), amounts: amountArgument },
    options: [
      { flags: '--score <NAME>', description: 'the name of the score (default: default)' },
      { flags: '--expires <DURATION>', description: 'after how long the points are gone: 30d' },
      whereOption,
      ofOption(kinds, scored),
    ],
    examples: ['score C3 +10', 'score C3 -5 --expires 30d', 'score D12 =80 --score fit'],
    jsonAs: 'KIND show',
    async run(context, { words, amounts }, options) {
      const change = readChange(amounts, options.text('score'), options.text('expires'));
      let kind: Score['for'] | undefined;
      let changed: ScoreChanged[] = [];
      const { committed } = await changeChosen(
        context,
        { kinds: scored, words, options, asks: 'adjust the score of' },
        (writer, id) => {
          const its = kinds.kindOf(id) as Score['for'];
          kind ??= its;
          if (kind !== its) throw usage('contacts and deals have scores of their own', 'one kind at a time');
          changed.push(adjustScore(writer, kind, id, change));
        },
        () => {
          kind = undefined;
          changed = [];
        },
      );
      const { dryRun, format } = context.globals;
      if (!dryRun && (format ?? 'table') === 'table' && changed.length > 0 && changed.length <= NAMED) {
        const name = await namingIn(context, committed.state);
        for (const each of changed) await context.message(inWords(each, name));
        return;
      }
      await reportChanged(
        context,
        committed,
        kind ?? 'contact',
        changed.map(each => each.id),
        'adjusted',
      );
    },
  });

/** What `+10`, `-5` or `=80` asks for. */
function readChange(text: string, score: string | undefined, expires: string | undefined): ScoreChange {
  const [, sign, number] = amount.exec(text)!;
  const points = requireExact(number!) * (sign === '-' ? -1 : 1);
  return {
    score,
    how: sign === '=' ? 'set' : 'add',
    points,
    expires: expires === undefined ? undefined : parseDuration(expires),
  };
}

const inWords = ({ id, score, from, to }: ScoreChanged, name: (id: string) => string): string =>
  from === to ? `${name(id)}: score ${score} stays ${to}` : `${name(id)}: score ${score} ${from} → ${to}`;
