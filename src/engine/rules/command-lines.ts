/**
 * Checks and renders the program and arguments of a command in a rule. The program is literal, so that a person who trusts
 * it knows what runs; a value may fill an argument, but never turns it into an option.
 */
import { failed } from '../../domain/errors.ts';
import { hasLiquid } from '../texts/texts.ts';

/** Says why a rule may not run the program that a text names; undefined if it may. */
export function whyNotProgram(program: string): string | undefined {
  if (program.trim() === '') return 'there is no program to run';
  if (program.includes('\0')) return 'the name of a program has no NUL character';
  return hasLiquid(program)
    ? 'the program is written out in the rule: values may only be its arguments'
    : undefined;
}

/**
 * Renders a command. FAILED if a value makes an argument begin with a hyphen: the program would take it for an option,
 * and data would decide what the program does.
 */
export const renderedCommand = (
  argv: readonly unknown[],
  render: (argument: unknown) => string,
): readonly string[] =>
  argv.map((argument, i) => {
    const text = render(argument);
    if (text.includes('\0')) throw failed(`argument ${i} of ${String(argv[0])} has a NUL character`);
    if (i > 0 && text.startsWith('-') && !String(argument).startsWith('-'))
      throw failed(
        `argument ${i} of ${String(argv[0])} would be the option ${JSON.stringify(text)}`,
        'values may follow a text of the rule: --title={{ deal.title }}',
      );
    return text;
  });

/**
 * Whether a command can be a rendering of a rule's command: the literal texts are the same, with values between them.
 * A queued command may come from somebody else's journal.
 */
export const isCommandOf = (rule: readonly unknown[], command: readonly string[]): boolean =>
  rule.length === command.length &&
  rule.every((argument, i) => {
    const [literal, text] = [String(argument), command[i]!];
    if (!hasLiquid(literal)) return literal === text;
    if (text.startsWith('-') && !literal.startsWith('-')) return false;
    const parts = literal.split(/\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\}/);
    // Text between tags may be left out.
    return isFilled(literal.includes('{%') ? [parts[0]!, parts.at(-1)!] : parts, text);
  });

/** Whether a text begins with the first part, ends with the last, and has the others between them in order. */
function isFilled(parts: readonly string[], text: string): boolean {
  const [first, last] = [parts[0]!, parts.at(-1)!];
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}
