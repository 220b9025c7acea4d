/** What is put into a line of Bash for a candidate is, read back, the candidate. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bashReply, typedWords } from '../../src/commands/completion/shell-words.ts';

const value = fc
  .string({ unit: fc.constantFrom(...'ab =:,"\'\\$`&|;<>()*?[]{}!~#@é') })
  .filter(text => /\S/.test(text));

test('a completed word is read back as the candidate, whatever quote is open', () => {
  fc.assert(
    fc.property(value, fc.constantFrom('', "'", '"'), fc.nat(), (text, quote, cut) => {
      // As a shell has it: a part of the word was typed, and the reply replaces what comes after the last end of a word.
      const escaped = (part: string) => bashReply(typedWords(`crm ${quote}`, 'bash').at(-1)!, part);
      const typed = `crm ${quote}${escaped(text.slice(0, cut % (text.length + 1)))}`;
      const last = typedWords(typed, 'bash').at(-1)!;
      const line =
        typed.slice(0, typed.length - last.raw.length + last.at) + bashReply(last, text) + last.quote;
      expect(typedWords(line, 'bash').map(each => each.text)).toEqual(['crm', text]);
    }),
  );
});

test.each([
  ['crm deal ', ['crm', 'deal', '']],
  ['crm', ['crm']],
  [`crm 'a b' "c \\" d" e\\ f`, ['crm', 'a b', 'c " d', 'e f']],
  ["crm --where 'stage:pro", ['crm', '--where', 'stage:pro']],
])('%s', (line, words) => {
  expect(typedWords(line, 'bash').map(({ text }) => text)).toEqual(words);
});
