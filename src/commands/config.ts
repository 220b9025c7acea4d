import { effectiveSettings } from '../app/settings/effective-settings.ts';
import { command } from './line/command.ts';
import { printJson } from './printing/output.ts';

export const config = command({
  summary: 'print the settings in force, defaults included: as YAML, or --json',
  effect: 'reads',
  args: {},
  examples: ['config', 'config --json'],
  async run(context) {
    const settings = effectiveSettings((await context.workspace()).visible);
    if (await printJson(context, settings)) return;
    await context.print((await import('../ui/yaml-text.ts')).yamlText(settings));
  },
});
