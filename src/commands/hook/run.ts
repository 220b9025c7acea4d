import { hookNames, hookPath } from '../../app/hooks/hook-files.ts';
import { usage } from '../../domain/errors.ts';
import { number, oneWord, optional } from '../args/declare.ts';
import { command } from '../line/command.ts';
import { printJson } from '../printing/output.ts';

export const run = command({
  summary: 'try a hook with a transaction of the history (default: the last one); nothing is saved',
  effect: 'programs',
  args: {
    name: oneWord(hookNames, { asks: 'which hook' }),
    tx: optional(number('TX', 'which transaction')),
  },
  examples: ['hook run pre-commit', 'hook run post-commit 57', 'hook run pre-commit --dry-run'],
  jsonFields: ['hook', 'is', 'how', 'said', 'tx'],
  async run(context, { name, tx: text }) {
    if (text !== undefined && !/^\d{1,15}$/.test(text))
      throw usage(`${JSON.stringify(text)} is not a transaction`, 'crm history shows the numbers');
    const tx = text === undefined ? undefined : Number(text);
    const workspace = await context.workspace();
    const { inputFor, tryHook } = await import('../../app/hooks/try-hook.ts');
    if (context.globals.dryRun) {
      await context.print(await inputFor(workspace, name, tx));
      return 0;
    }
    const tried = await tryHook(workspace, name, tx);
    const isGood = tried.is === 'agreed';
    if (!(await printJson(context, { hook: name, ...tried }))) {
      for (const line of tried.said === '' ? [] : tried.said.split('\n')) await context.message(line);
      const verdict = name === 'pre-commit' ? (isGood ? 'agrees: it ' : 'would refuse this: it ') : '';
      await context.message(`${hookPath(name)} ${verdict}${tried.how} (transaction ${tried.tx})`);
    }
    return isGood ? 0 : 1;
  },
});
