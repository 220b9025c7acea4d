/** Checks a query in a rule: whether it compiles, does not ask for `me`, and can hold at all. */
import type { Config } from '../../domain/config.ts';
import { CrmError } from '../../domain/errors.ts';
import type { Kind } from '../../domain/kinds.ts';
import { definitionOf } from '../../kinds/define.ts';
import { compileText } from '../../query/compile.ts';
import { contradictionIn } from '../../query/contradiction.ts';
import { notText, type RuleProblem } from './rule-problem.ts';

export function checkQuery(
  path: readonly PropertyKey[],
  text: unknown,
  kind: Kind,
  config: Config,
): RuleProblem[] {
  if (typeof text !== 'string') return [notText(path, text)];
  try {
    const { asks } = compileText(text, kind, config);
    if (asks.has('me')) return [{ path, message: `${text}: nobody asks a rule, so me is nobody` }];
    const never = contradictionIn(text, kind, config);
    return never === undefined
      ? []
      : [{ path, message: `${text}: can never hold`, hint: `not together: ${never}` }];
  } catch (error) {
    if (!(error instanceof CrmError)) throw error;
    const { message, hint } = error;
    // A rule for contacts that asks for a deal's fields would silently never hold.
    const isOfDeal = !definitionOf(config.kinds, kind).inPipelines && isQueryOf('deal', text, config);
    return [
      {
        path,
        message,
        hint: isOfDeal
          ? `that is of deals, and this is asked of a ${kind}; use on: deal, or a rule for: deal`
          : hint,
      },
    ];
  }
}

function isQueryOf(kind: Kind, text: string, config: Config): boolean {
  try {
    compileText(text, kind, config);
    return true;
  } catch {
    return false;
  }
}
