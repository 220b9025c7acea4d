/** A tool of `crm mcp` as data: its description for the assistant, its input, its output, and what it does. */
import type { z } from 'zod';
import { usage } from '../domain/errors.ts';
import type { Json } from '../domain/records.ts';
import type { Told } from './data.ts';
import type { Desk, Failure } from './desk.ts';
import type { Proposals } from './proposals.ts';

/** What every tool works with, beside its input. */
export interface Surroundings {
  readonly desk: Desk;
  readonly proposals: Proposals;
  /**
   * Returns the person's answer to a question; undefined if the person has yet to answer. Left out if the client cannot
   * show questions.
   */
  readonly ask?: ((question: Told) => Consent | undefined) | undefined;
}

/** The person's answer to the question whether changes may be saved. */
export type Consent = 'yes' | 'no';

export type Reply =
  | { readonly told: Told }
  | { readonly failure: Failure; readonly told?: Told }
  /** The client asks the person, and calls the tool again with the answer. */
  | { readonly asks: Told };

export interface Tool<I extends z.ZodObject = z.ZodObject> {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly input: I;
  /** The fields of the tool's structured answer, beside those that every answer has. */
  readonly output: z.ZodRawShape;
  /** What the tool does with the workspace: without --write, only tools that read are offered. */
  readonly does: 'reads' | 'proposes' | 'changes';
  run(input: z.infer<I>, surroundings: Surroundings): Promise<Reply>;
}

/** Declares a tool; the SDK has validated the input against `input` before `run` gets it. */
export const tool = <I extends z.ZodObject>(declared: Tool<I>): Tool => declared as unknown as Tool;

/** A record, or a row of a list or report, as crm prints them with --json. */
export type Row = { readonly [name: string]: Json };

/** Returns `--name=value` for each value that is given. */
export const optionWords = (options: Readonly<Record<string, string | number | undefined>>): string[] =>
  Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}=${value}`]));

/** Throws USAGE. Tools have no other way to refuse their input. */
export function refuse(message: string, hint: string): never {
  throw usage(message, hint);
}
