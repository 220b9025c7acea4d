import { explainTransitions, type TransitionsExplained } from '../app/automation/explain-transitions.ts';
import { type AutomationExplained, explainAutomation } from '../app/automation/explain-automation.ts';
import type { ProbabilityExplained } from '../app/reports/explain-probability.ts';
import { humanInstant } from '../app/reading/said.ts';
import type { View } from '../app/core/view.ts';
import { pipelineOf, stageOf } from '../domain/config.ts';
import type { Deal } from '../domain/records.ts';
import { asStored, automationLines, type Saying, transitionLines } from '../screens/explanation.ts';
import { hung } from '../ui/width.ts';
import { optional, record, stage } from './args/declare.ts';
import { command } from './line/command.ts';
import type { Context } from './line/context.ts';
import { formatFor, printJson } from './printing/output.ts';

export const explain = command({
  summary:
    'explain why a deal is in its stage, how probable winning it is, or why an automation did or did not start',
  effect: 'reads',
  args: {
    key: record(['deal', 'contact', 'account', 'task'], { label: 'RECORD', asks: 'which record' }),
    what: optional(
      stage({ label: 'AUTOMATION|STAGE|probability', or: ['automation'], words: ['probability'] }),
    ),
  },
  examples: [
    'explain D12',
    'explain D12 hot-leads',
    'explain D12 follow-up',
    'explain D12 probability',
    'deal list -q is:rotting | crm explain -',
  ],
  jsonFields: ['record', 'title', 'stage', 'stageSince', 'held', 'answer', 'rows'],
  async run(context, { key, what }) {
    const explained: Explained[] = [];
    for (const one of await context.ids([key])) explained.push(await explainOne(context, one, what));
    const found = explained.map(each => each.found);
    // Of records on standard input it is a list, however many there are.
    const isList = key === '-' && context.globals.format !== 'jsonl';
    let isPrinted = false;
    for (const value of isList ? [found] : found) isPrinted = await printJson(context, value);
    if (isPrinted) return;
    const { stdout } = context.streams;
    const width = stdout.isTTY ? stdout.columns : Number.POSITIVE_INFINITY;
    const text = (lines: readonly string[]) => `${lines.flatMap(line => hung(line, width)).join('\n')}\n`;
    await context.print(explained.map(({ lines }) => text(lines)).join('\n'));
  },
});

interface Explained {
  readonly found: AutomationExplained | ProbabilityExplained | TransitionsExplained;
  readonly lines: readonly string[];
}

async function explainOne(context: Context, key: string, what: string | undefined): Promise<Explained> {
  const workspace = await context.workspace();
  const paint = await context.paint();
  const isForPeople = formatFor(context) === 'table';
  const stages = new Set(workspace.visible.pipelines.flatMap(p => p.stages.map(s => s.id)));
  const isRule = workspace.visible.automations.some(({ id }) => id === what);
  if (what === 'probability' && !stages.has(what) && !isRule) {
    const { explainProbability } = await import('../app/reports/explain-probability.ts');
    const { probabilityLines } = await import('../screens/probability.ts');
    const found = await explainProbability(await workspace.view(), key);
    return { found, lines: probabilityLines(found) };
  }
  if (what !== undefined && !stages.has(what)) {
    const found = await explainAutomation(workspace, what, key);
    const view = await workspace.view();
    const say = isForPeople ? { instant: (text: string) => humanInstant(view, text) } : asStored;
    return { found, lines: automationLines(found, paint, say) };
  }
  const found = explainTransitions(await workspace.view(), key, what);
  const view = await workspace.view();
  const say = isForPeople ? sayingFor(view, found.record) : asStored;
  return { found, lines: transitionLines(found, paint, say, what) };
}

/** Returns how stages of a deal's pipeline, and times, are written for people. */
function sayingFor(view: View, id: string): Saying {
  const { pipeline } = view.record(id) as Deal;
  return {
    stage: stage => stageOf(pipelineOf(view.config, pipeline), stage)?.name ?? stage,
    instant: text => humanInstant(view, text),
  };
}
