import { definitionOf } from '../kinds/define.ts';
import type { Kinds } from '../domain/kinds.ts';
import { type Fields, parseField, settableField, type Writer } from '../app/core/writer.ts';
import { reportAdded } from './printing/changed.ts';
import { changeChosen, isByQuery, ofOption, whereOption } from './choose.ts';
import type { Argument } from './args/argument.ts';
import { chosen, oneWord, optional, text } from './args/declare.ts';
import { command } from './line/command.ts';
import type { Context } from './line/context.ts';
import { assignments } from './args/assignments.ts';
import { CrmError, usage } from '../domain/errors.ts';
import { activityTypes } from '../kinds/activity.ts';
import { typedText } from './line/typed-text.ts';

const subjects = ['deal', 'contact', 'account'] as const;

const whatHappened = (kinds: Kinds) =>
  oneWord(activityTypes, {
    asks: 'what happened',
    // In git and other programs, `log` prints a history.
    hint: word =>
      kinds.parseId(word) && `crm history ${word} shows what changed; crm log note ${word} TEXT adds a note`,
  });

/** The text, which is the last word unless that is an ID. Only a note must have one. */
const what: Argument<string | undefined> = {
  ...optional(text('TEXT', 'what was it about')),
  line: 'TEXT',
  asksUnless: ['text'],
  mayBeEmpty: words => words.get('type')?.[0] !== 'note',
  elseOption: 'text',
};

export const log = (kinds: Kinds) =>
  command({
    summary: 'log a call, an e-mail, a meeting or a note',
    effect: 'changes',
    args: {
      type: whatHappened(kinds),
      words: chosen(subjects, { asks: 'with whom' }),
      text: what,
    },
    options: [
      { flags: '--at <TIME>', description: 'when it was (default: now)' },
      { flags: '--direction <DIRECTION>', description: 'of a call or an e-mail: in or out' },
      {
        flags: '--text <TEXT>',
        description: 'what it was about, if the last word would be taken for an ID',
      },
      { flags: '--field <NAME=VALUE>', description: 'a custom field', repeat: true },
      whereOption,
      ofOption(kinds, subjects),
    ],
    examples: [
      'log call D12 "asked for a discount" --direction in',
      'log meeting acme --at 2026-05-03 "shown the oak tables"',
      'log meeting C1 C2 D12 "all of them want oak"',
    ],
    async run(context, { type, words: named, text: last }, options) {
      const isQuery = isByQuery(options);
      const own = options.text('text');
      // With a text of its own, the last word is one more record.
      const words = own === undefined || last === undefined ? named : [...named, last];
      const typed = own ?? last;
      const text = await textOf(context, type, words, typed);
      const given = [
        ...(['at', 'direction'] as const).flatMap(name => {
          const value = options.text(name);
          return value === undefined ? [] : [[name, value] as const];
        }),
        ...assignments(options.list('field'), 'a field'),
      ];
      // Records that are named took part together; records that a query or a list finds get an activity each.
      const isJoint = !isQuery && words.length > 1 && !words.includes('-');
      const choosing = {
        kinds: subjects,
        words: isJoint ? [words[0]!] : words,
        options,
        asks: `log a ${type} with`,
      };
      const { committed } = await changeChosen(context, choosing, (writer, id) => {
        const people = isJoint ? together(writer, words) : { for: id };
        writer.add('activity', { type, ...people, text, ...fieldsOf(writer, given) });
      });
      await reportAdded(context, committed, 'activity');
      // Quotes around a text are not seen: `"D1"` is an ID as D1 is.
      const taken = isJoint && typed === undefined && text === '' ? words.at(-1) : undefined;
      if (taken !== undefined && committed.tx !== null)
        await context.message(
          `the ${type} has no text: ${taken} is a record; --text ${taken} would make it the text`,
        );
    },
  });

/** Returns the text of an activity, which a note must have. */
async function textOf(
  context: Context,
  type: string,
  words: readonly string[],
  typed: string | undefined,
): Promise<string> {
  const text = typed === undefined ? '' : await typedText(context, typed, words.includes('-'));
  if (type === 'note' && text.trim() === '')
    throw usage('a note needs a text', `crm log note ${words[0] ?? 'D12'} "prefers oak"`);
  return text;
}

/** Returns the record that it is for: a deal if one is named, otherwise the first; the others took part. */
function together(writer: Writer, words: readonly string[]): Fields {
  const ids = [...new Set(words.map(word => named(writer, word)))];
  const { kinds } = writer.config;
  const subject = ids.find(id => definitionOf(kinds, kinds.kindOf(id)).inPipelines) ?? ids[0]!;
  const others = ids.filter(id => id !== subject);
  return { for: subject, ...(others.length > 0 && { with: others }) };
}

/** The record that a word names; one that names none may be a part of a text without quotes. */
function named(writer: Writer, word: string): string {
  try {
    return writer.view.find(subjects, word);
  } catch (error) {
    if (!(error instanceof CrmError) || error.kind !== 'NOT_FOUND' || writer.config.kinds.parseId(word))
      throw error;
    throw new CrmError(
      error.kind,
      error.message,
      'the last word is the text: put quotes around a text of several words',
      error,
    );
  }
}

function fieldsOf(writer: Writer, given: readonly (readonly [string, string])[]): Fields {
  const fields: Fields = {};
  for (const [name, text] of given) {
    const field = settableField(writer.config, 'activity', name);
    fields[field.path] = parseField(field, text, writer.context(writer.config.currency));
  }
  return fields;
}
