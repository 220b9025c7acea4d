import { automationNamed } from '../../../app/automation/automation-named.ts';
import { automationKeys, pathOf, refuseBuiltIn, setAutomation } from '../../../app/automation/automations.ts';
import type { Automation } from '../../../domain/automation.ts';
import { automation as ruleWord } from '../../args/declare.ts';
import { settingNounWithout } from '../noun.ts';

/** A rule that has no file is a built-in one; a broken one is known by its id alone. */
interface Rule {
  readonly id: string;
  readonly sound: Automation | undefined;
}

export const automation = settingNounWithout<Rule, 'columns' | 'all' | 'add' | 'rm' | 'restore'>({
  name: 'automation',
  many: 'automations',
  named: () => ({ name: ruleWord() }),
  sample: { one: 'hot-leads', other: 'thanks', renamed: 'warm-leads', filter: 'state:broken' },
  verbs: {
    show: { summary: 'show the file of an automation' },
    set: {
      summary: `change an automation: ${Object.keys(automationKeys).join(', ')}; edit changes its steps`,
      examples: [
        "automation set hot-leads where='tag:newsletter not:tag:competitor'",
        'automation set thanks runs=every-time',
      ],
    },
  },
  idOf: rule => rule.id,
  find({ visible }, [id]) {
    const isBroken = visible.broken.some(rule => rule.id === id);
    return { id: id!, sound: isBroken ? undefined : automationNamed(visible, id!) };
  },
  text: ({ id, sound }, files) => ({
    text: files.get(pathOf(id)) ?? `${id} is built in: ${sound!.name}\n`,
    json: sound,
  }),
  fileOf({ config }, [id]) {
    if (![...config.automations, ...config.broken].some(rule => rule.id === id)) refuseBuiltIn(id!);
    return pathOf(id!);
  },
  checkedBy: 'automation lint',
  keys: automationKeys,
  set: (writer, { id }, { values }) => setAutomation(writer, id, values),
});
