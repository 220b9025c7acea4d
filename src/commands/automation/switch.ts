/** Switching automations on and off, taking them away and bringing them back. */
import { pathOf, removeAutomation, switchAutomation } from '../../app/automation/automations.ts';
import { includeExisting } from '../../app/automation/existing.ts';
import { restoreFile } from '../../app/settings/restore-setting.ts';
import type { Writer } from '../../app/core/writer.ts';
import { notFound } from '../../domain/errors.ts';
import type { Journal } from '../../store/journal/journal.ts';
import { reportDryRun } from '../printing/changed.ts';
import { automation, several } from '../args/declare.ts';
import { command } from '../line/command.ts';
import type { Options, OptionSpec } from '../line/options.ts';
import { printJson } from '../printing/output.ts';

type Change = (writer: Writer, id: string, journal: Journal, options: Options) => Promise<void>;

const switching = (
  verb: string,
  did: string,
  summary: string,
  change: Change,
  options: readonly OptionSpec[] = [],
) =>
  command({
    summary,
    effect: 'changes',
    args: { names: several(automation()) },
    options,
    examples: [`automation ${verb} hot-leads`, `automation ${verb} thanks win-back --dry-run`],
    jsonFields: ['tx', 'automations'],
    async run(context, { names }, given) {
      const { store } = await context.workspace();
      const committed = await context.changeSettings(async writer => {
        for (const id of names) await change(writer, id, store.journal, given);
      });
      if (context.globals.dryRun) return reportDryRun(context, committed);
      if (await printJson(context, { tx: committed.tx, automations: names })) return;
      await context.message(
        committed.tx === null
          ? `nothing to do: ${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} already ${did}`
          : `${did} ${names.join(', ')}`,
      );
    },
  });

export const enable = switching(
  'enable',
  'enabled',
  'switch automations on; they see what happens from now on',
  async ({ draft, view }, id, _journal, options) => {
    await switchAutomation(draft, view.viewer, id, true);
    if (options.flag('includeExisting')) includeExisting(draft, id);
  },
  [
    {
      flags: '--include-existing',
      description: 'also start them for existing records, as if these had just come',
    },
  ],
);
export const disable = switching(
  'disable',
  'disabled',
  'switch automations off; what waits in them pauses',
  ({ draft, view }, id) => switchAutomation(draft, view.viewer, id, false),
);
export const rm = switching(
  'rm',
  'removed',
  'take automations away; restore brings them back',
  ({ draft, view }, id) => removeAutomation(draft, view.viewer, id),
);
export const restore = switching('restore', 'restored', 'bring automations back', (writer, id, journal) =>
  restoreFile(
    writer,
    journal,
    pathOf(id),
    notFound(`there never was an automation ${JSON.stringify(id)}`, 'crm history'),
  ),
);
