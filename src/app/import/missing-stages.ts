/**
 * Makes stages that rows name and that do not exist: later rows see them at once; they are written to their
 * pipelines' files at the end.
 */
import { pathOf } from '../core/pipelines.ts';
import type { Refusals } from './refusals.ts';
import type { Writer } from '../core/writer.ts';
import { mayChangeSettings } from '../core/viewer.ts';
import { editSettings, newId } from '../settings/settings.ts';
import type { Pipeline, Stage } from '../../domain/config.ts';

interface Missing {
  readonly pipeline: string;
  readonly id: string;
  readonly name: string;
}

export class MissingStages {
  readonly #writer: Writer;
  readonly #before: readonly Pipeline[];
  readonly #refusals: Refusals;
  readonly #missing: Missing[] = [];

  constructor(writer: Writer, refusals: Refusals) {
    this.#writer = writer;
    this.#refusals = refusals;
    this.#before = writer.config.pipelines;
  }

  /** Returns the id of a stage that is made at the end of a pipeline; USAGE if no id can be made of the name. */
  make(pipeline: Pipeline, name: string): string {
    const typed = name.trim();
    const lower = typed.toLowerCase();
    const isKnown = (each: Missing) => each.pipeline === pipeline.id && each.name.toLowerCase() === lower;
    const known = this.#missing.find(isKnown);
    if (known) return known.id;
    mayChangeSettings(this.#writer.view.viewer);
    const wanted = newId(typed, undefined);
    let id = wanted;
    const isTaken = () =>
      pipeline.stages.some(stage => stage.id === id) ||
      this.#missing.some(each => each.pipeline === pipeline.id && each.id === id);
    for (let n = 2; isTaken(); n++) id = `${wanted}-${n}`;
    const missing = { pipeline: pipeline.id, id, name: typed };
    this.#refusals.check(keyOf(missing));
    this.#missing.push(missing);
    this.#know();
    return id;
  }

  mark(): number {
    return this.#missing.length;
  }

  /** Gives up the stages that came after a mark. */
  revert(to: number): void {
    if (this.#missing.splice(to).length > 0) this.#know();
  }

  #of(pipeline: string): Missing[] {
    return this.#missing.filter(each => each.pipeline === pipeline);
  }

  #know(): void {
    const { draft } = this.#writer;
    const pipelines = this.#before.map(pipeline => {
      const made = this.#of(pipeline.id).map(stageOf);
      return made.length === 0
        ? pipeline
        : { ...pipeline, stages: [...pipeline.stages, ...(made as Stage[])] };
    });
    draft.config = { ...draft.config, pipelines };
  }

  /** Writes the stages to the files of their pipelines. */
  async finish(): Promise<void> {
    const { draft, view } = this.#writer;
    for (const pipeline of this.#before) {
      const made = this.#of(pipeline.id);
      if (made.length === 0) continue;
      await this.#refusals.write(draft, made, keyOf, stages =>
        editSettings(draft, view.viewer, pathOf(pipeline), tree => {
          for (const [i, missing] of stages.entries())
            tree.add(['stages'], stageOf(missing), pipeline.stages.length + i);
        }),
      );
    }
  }
}

const keyOf = ({ pipeline, name }: Missing): string => `stage ${pipeline} ${name}`;

const stageOf = ({ id, name }: Missing): Pick<Missing, 'id' | 'name'> => ({ id, name });
