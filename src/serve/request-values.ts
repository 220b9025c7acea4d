/** The values of a form or webhook that crm.yaml asks for, as texts; `intake.ts` turns them into records. */
import { CrmError } from '../domain/errors.ts';
import type { FieldMap } from '../domain/serve-settings.ts';

/** The most characters of a value: a name or a message has fewer, and each is kept for good. */
const LONGEST = 16_384;

/** A value of a request is refused: `input` is the sender's name for it. */
export class BadInput extends CrmError {
  readonly inputs: readonly string[];

  constructor(inputs: readonly string[]) {
    super('USAGE', `not as it should be: ${inputs.join(', ')}`);
    this.inputs = inputs;
  }
}

/** The values of a request by the name of their target, each with the input that it came from. */
export type Values = ReadonlyMap<string, { readonly text: string; readonly input: string }>;

/** Returns the values of a request that crm.yaml names, and no others. */
export function valuesOf(fields: FieldMap, read: (input: string) => string | undefined): Values {
  const values = new Map<string, { text: string; input: string }>();
  for (const [input, to] of Object.entries(fields)) {
    const text = read(input)?.replaceAll('\0', '').trim();
    if (text === undefined || text === '') continue;
    if (text.length > LONGEST) throw new BadInput([input]);
    values.set(to, { text, input });
  }
  return values;
}
