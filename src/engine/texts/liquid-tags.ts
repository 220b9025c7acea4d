/** Defines the tags of Liquid that differ from those of liquidjs. */
import {
  CaptureTag,
  CaseTag,
  type Context,
  type Emitter,
  IfTag,
  type Liquid,
  Tag,
  type TagToken,
  type Template,
  type TopLevelToken,
  UnlessTag,
} from 'liquidjs';
import { nearest } from '../../domain/nearest.ts';
import { EmptyValue, TextError } from './texts.ts';

/** Before and after a value in a text that is rendered with marks: code points that Unicode keeps for programs. */
export const OPEN = '\ufdd0';
export const CLOSE = '\ufdd1';
const MARKS = /[\ufdd0\ufdd1]/g;

/** Returns a text without marks, whether crm inserted them or data contained them. */
export const withoutMarks = (text: string): string => text.replace(MARKS, '');

/** The templates that a text may render within itself. */
export interface Parts {
  readonly ids: readonly string[];
  /** Returns a parsed template. */
  parsed(id: string): Template[];
  /** Takes each template that a text names while it is parsed. */
  named(id: string): void;
}

type Rendering = Generator<unknown, void, unknown>;

/** `{% render 'footer' %}`: replaces the tag by the text of a template, over the same variables. */
export function renderTag(
  parts: Parts,
): new (
  token: TagToken,
  remaining: TopLevelToken[],
  liquid: Liquid,
) => Tag {
  return class extends Tag {
    readonly #id: string;

    constructor(token: TagToken, remaining: TopLevelToken[], liquid: Liquid) {
      super(token, remaining, liquid);
      const quoted = this.tokenizer.readQuoted();
      this.tokenizer.skipBlank();
      if (!quoted || !this.tokenizer.end())
        throw new TextError('names no template', "{% render 'footer' %} renders templates/footer.md");
      this.#id = quoted.getText().slice(1, -1);
      if (!parts.ids.includes(this.#id)) {
        const near = nearest(this.#id, parts.ids);
        throw new TextError(
          `there is no template ${JSON.stringify(this.#id)}`,
          near === undefined ? 'crm template list' : `did you mean ${near}?`,
        );
      }
      parts.named(this.#id);
    }

    override *render(context: Context, emitter: Emitter): Rendering {
      // Lint refuses templates that render each other in a circle, but one may have been written after lint ran.
      const open = context.getRegister('rendered', new Set<string>()) as Set<string>;
      if (open.has(this.#id)) throw new TextError(`the template ${this.#id} renders itself`);
      open.add(this.#id);
      try {
        yield this.liquid.renderer.renderTemplates(parts.parsed(this.#id), context, emitter);
      } catch (error) {
        const message = `in ${this.#id}: ${reasonOf(error)}`;
        throw originalOf(error) instanceof EmptyValue ? new EmptyValue(message) : new TextError(message);
      } finally {
        open.delete(this.#id);
      }
    }
  };
}

/** Returns the error that a tag threw, from within the error of liquidjs. */
export const originalOf = (error: unknown): unknown =>
  error instanceof Error && 'originalError' in error ? error.originalError : error;

interface Token {
  getText?(): string;
  getPosition?(): readonly [row: number, column: number];
}

/** Returns the part of a text that an error is about. */
export const tokenOf = (error: unknown): Token | undefined =>
  error instanceof Error && 'token' in error ? (error.token as Token | undefined) : undefined;

/** Returns the first line of a liquidjs error, with the part of the text that it is about. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const original = originalOf(error);
  const token = tokenOf(error)?.getText?.();
  const message = (original instanceof TextError ? original.message : error.message)
    .split('\n')[0]!
    .replace(/, line:\d+, col:\d+$/, '');
  return token && !message.includes(token) ? `${token} ${message}` : message;
}

/** `{% capture %}`: the captured text is a value, and values within it are not marked. */
export class CaptureUnmarked extends CaptureTag {
  override *render(context: Context): Rendering {
    yield* super.render(context) as Rendering;
    const scope = context.bottom() as Record<string, unknown>;
    scope[this.variable] = withoutMarks(String(scope[this.variable]));
  }
}

/** A condition that renders every branch, whichever one holds. */
class IfEvery extends IfTag {
  override *render(context: Context, emitter: Emitter): Rendering {
    for (const { value } of this.branches) yield value.value(context);
    yield* every(this, context, emitter);
  }
}

class UnlessEvery extends UnlessTag {
  override *render(context: Context, emitter: Emitter): Rendering {
    for (const { value } of this.branches) yield value.value(context);
    yield* every(this, context, emitter);
  }
}

class CaseEvery extends CaseTag {
  override *render(context: Context, emitter: Emitter): Rendering {
    yield this.value.value(context);
    yield* every(this, context, emitter);
  }
}

interface Branching {
  readonly liquid: Liquid;
  readonly branches: readonly { readonly templates: Template[] }[];
  readonly elseTemplates?: Template[] | undefined;
}

function* every(
  { liquid, branches, elseTemplates }: Branching,
  context: Context,
  emitter: Emitter,
): Rendering {
  for (const { templates } of [...branches, { templates: elseTemplates ?? [] }])
    yield liquid.renderer.renderTemplates(templates, context, emitter);
}

/** `{% break %}` and `{% continue %}` where every branch is rendered: the rest of the loop is rendered too. */
class GoOn extends Tag {
  override *render(): Rendering {}
}

/** The tags with which every branch is rendered, by their names. */
export const everyBranch = {
  if: IfEvery,
  unless: UnlessEvery,
  case: CaseEvery,
  break: GoOn,
  continue: GoOn,
};
