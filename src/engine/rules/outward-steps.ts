/** Collects what rules reach outside of the workspace: the addresses that they call and the commands that they run. */
import type { Automation } from '../../domain/automation.ts';
import type { Config } from '../../domain/config.ts';
import { originOf } from './addresses.ts';
import { allSteps } from './all-steps.ts';
import { run } from '../steps/run.ts';
import { webhook } from '../steps/webhook.ts';

const webhookAddresses = (config: Config): string[] =>
  paramsOf(config, webhook.name).map(({ url }) => String(url));

/** Returns the origins of these addresses, each once. */
export const webhookOrigins = (config: Config): string[] => [
  ...new Set(webhookAddresses(config).map(originOf)),
];

/** Returns the commands, with their `{{ }}`, of enabled rules. */
export const commandsOf = (config: Config): string[][] =>
  paramsOf(config, run.name).map(({ argv }) => (argv as readonly unknown[]).map(String));

const paramsOf = ({ automations }: Config, type: string): Automation['steps'][number]['params'][] =>
  automations
    .filter(({ enabled }) => enabled)
    .flatMap(allSteps)
    .flatMap(({ step }) => (step.type === type ? [step.params] : []));
