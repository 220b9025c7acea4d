/** Checks what the YAML says beyond its shape: that the queries in it mean something. Loaded only when a file changed. */
import type { Config } from '../domain/config.ts';
import { CrmError } from '../domain/errors.ts';
import { type Kind, kindNames, pluralOf } from '../domain/kinds.ts';
import { compileText } from '../query/compile.ts';
import { readConfig } from '../store/config-schema.ts';
import type { Problem } from '../store/yaml.ts';

export interface CheckedConfig {
  readonly config: Config | undefined;
  readonly problems: readonly Problem[];
}

export function checkConfig(files: ReadonlyMap<string, string>): CheckedConfig {
  const { config, problems } = readConfig(files);
  if (!config) return { config, problems };
  const checkQuery = (text: string, kind: Kind, file: string, line: number) => {
    try {
      compileText(text, kind, config);
    } catch (error) {
      if (!(error instanceof CrmError)) throw error;
      problems.push({
        file,
        line,
        message: error.message,
        ...(error.hint !== undefined && { hint: error.hint }),
      });
    }
  };
  for (const pipeline of config.pipelines)
    for (const { when, line } of pipeline.transitions)
      if (when !== undefined) checkQuery(when, 'deal', `pipelines/${pipeline.id}.yaml`, line);
  for (const score of config.scores)
    for (const rule of score.rules) checkQuery(rule.when, score.for, 'crm.yaml', rule.line);
  for (const view of config.views) {
    const kind = kindNames.find(k => pluralOf(k) === view.of);
    if (kind) checkQuery(view.query, kind, 'crm.yaml', 1);
    else
      problems.push({
        file: 'crm.yaml',
        line: 1,
        message: `the view ${view.id} is of ${view.of}, which is no kind of record`,
        hint: kindNames.map(pluralOf).join(', '),
      });
  }
  return { config, problems };
}
