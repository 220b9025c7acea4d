/** Recognizes commands that contain the secret that they print: crm.yaml, which is shared, would then contain it. */

const PRINTS = /(^|\/)(echo|printf)$/;
const SHELL = /(^|\/)(ba|da|k|z)?sh$/;
/** A script of a shell that prints a text of its own, and nothing that a variable or a program has. */
const PRINTS_TEXT = /^\s*(echo|printf)\s[^$`|<]*$/;
/** An option with its value: `--password=hunter2`, `pass:hunter2`; not one that names a file or a variable. */
const OPTION =
  /^(--?(password|passwd|passphrase|pass|pw|secret|token|api-?key)=|pass:)(?!file:|env:|fd:|stdin|[/~$@-])./i;

/** Whether a command that is to print a secret has the secret among its own words. */
export function hasTypedSecret([program = '', ...args]: readonly string[]): boolean {
  if (PRINTS.test(program)) return args.length > 0;
  if (SHELL.test(program)) return args.some(text => PRINTS_TEXT.test(text));
  return args.some(text => OPTION.test(text));
}
