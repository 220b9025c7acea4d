/** Finds a rule by its id, for commands that do not change its file: loads nothing that edits YAML. */
import type { Automation } from '../../domain/automation.ts';
import type { Config } from '../../domain/config.ts';
import { notFound } from '../../domain/errors.ts';
import { suggestion } from '../../domain/nearest.ts';
import { allAutomations } from '../../engine/built-in.ts';
import { problemsError } from '../core/workspace.ts';

/** Returns the rule; NOT_FOUND with the nearest one, INVALID with file and line if it is broken. */
export function automationNamed(config: Config, id: string): Automation {
  const found = allAutomations(config).find(a => a.id === id);
  if (found) return found;
  const broken = config.broken.find(b => b.id === id);
  if (broken) throw problemsError(broken.problems);
  const known = [...allAutomations(config), ...config.broken].map(a => a.id);
  throw notFound(`there is no automation ${JSON.stringify(id)}`, suggestion(id, known, 'automations'));
}
