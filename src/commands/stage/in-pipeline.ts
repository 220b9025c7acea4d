import type { OptionSpec } from '../line/options.ts';

/** Which stage is meant, where several pipelines have one of that name. */
export const inPipeline: OptionSpec = {
  flags: '--pipeline <PIPELINE>',
  description: 'its pipeline, where several have a stage of that name',
};
