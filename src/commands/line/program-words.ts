import { usage } from '../../domain/errors.ts';

/** Splits the value of an option into a program and its arguments, without a shell: at blanks, except within quotes. */
export function programWords(option: string, text: string, example: string): string[] {
  const words = [...text.matchAll(/"([^"]*)"|'([^']*)'|([^\s"']+)/g)].map(([, a, b, c]) => a ?? b ?? c ?? '');
  if (words.length === 0) throw usage(`${option}: there is no program`, `${option} '${example}'`);
  return words;
}
