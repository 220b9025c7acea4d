/** A tool of `crm mcp` as data: what an assistant is told of it, what it takes and answers, and what it does. */
import type { z } from 'zod';
import { usage } from '../domain/errors.ts';
import type { Json } from '../domain/records.ts';
import type { Told } from './data.ts';
import type { Desk, Failure } from './desk.ts';
import type { Proposals } from './proposals.ts';

/** What every tool is handed. */
export interface Surroundings {
  readonly desk: Desk;
  readonly proposals: Proposals;
  /** Asks the person at the client, if it can show them a question; undefined if it cannot. */
  readonly ask?: ((question: Told) => Consent | undefined) | undefined;
}

/** What a person answered; undefined where they have to be asked yet. */
export type Consent = 'yes' | 'no';

export type Reply =
  | { readonly told: Told }
  | { readonly failure: Failure; readonly told?: Told }
  /** The person has to be asked, and the tool is called again with the answer. */
  | { readonly asks: Told };

export interface Tool<I extends z.ZodObject = z.ZodObject> {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly input: I;
  /** What its structured answer has beside what all have. */
  readonly output: z.ZodRawShape;
  /** Whether it changes the workspace: only offered with --write. */
  readonly does: 'reads' | 'proposes' | 'changes';
  run(input: z.infer<I>, surroundings: Surroundings): Promise<Reply>;
}

/** Declares a tool. */
export const tool = <I extends z.ZodObject>(declared: Tool<I>): Tool => declared as unknown as Tool;

/** A record, or a row of a list or report, as crm prints it with --json. */
export type Row = { readonly [name: string]: Json };

/** Returns `--name=value` for each value that is given. */
export const optionWords = (options: Readonly<Record<string, string | number | undefined>>): string[] =>
  Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}=${value}`]));

/** Throws USAGE as the tools say it. */
export function refuse(message: string, hint: string): never {
  throw usage(message, hint);
}
