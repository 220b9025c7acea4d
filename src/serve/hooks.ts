/** Answers `/hooks/NAME`: webhooks of other programs, each with a secret of its own. */
import type { Hook } from '../domain/serve-settings.ts';
import { type Answer, answer, notTheirs } from './answer.ts';
import { postProvider } from './provider-hooks.ts';
import { takeIn } from './intake.ts';
import { BadInput, valuesOf } from './request-values.ts';
import type { Asked, Tools } from './request.ts';
import { isSame } from './secrets.ts';

/** The most bytes of a webhook: providers report some hundred mails at once. */
export const HOOK_BYTES = 1024 * 1024;

/** The deepest JSON that is read. */
const DEEPEST = 64;

/**
 * Answers a webhook. A hook that does not exist is answered like a wrong secret, so that nobody learns which hooks exist.
 */
export async function postHook(
  name: string,
  hook: Hook | undefined,
  asked: Asked,
  tools: Tools,
): Promise<Answer> {
  if (hook?.provider !== undefined) return postProvider(name, hook, hook.provider, asked, tools);
  const [, given = ''] = /^Bearer +(\S+)$/i.exec(asked.headers.authorization ?? '') ?? [];
  const secret = hook && (await tools.secretOf(name, hook));
  if (!isSame(given, secret ?? '') || hook === undefined || secret === undefined) return notTheirs;
  const read = readerOf(asked.body);
  if (!read) return answer(400);
  try {
    const values = valuesOf(hook.fields, read);
    await tools.committer.submit(`serve hook ${name}`, writer =>
      takeIn(writer, { source: name, event: hook.event!, values }),
    );
    return answer(202);
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    return { status: 422, body: `not as it should be: ${error.inputs.join(', ')}\n` };
  }
}

/** Returns a function that reads a JSON body by paths such as `customer.email`; undefined if the body is not an object. */
function readerOf(body: Buffer): ((path: string) => string | undefined) | undefined {
  let value: unknown;
  try {
    value = JSON.parse(body.toString());
  } catch {
    return undefined;
  }
  if (!isMap(value)) return undefined;
  return path => {
    // A key may have a dot in it.
    if (Object.hasOwn(value, path)) return textOf(value[path]);
    let at: unknown = value;
    for (const key of path.split('.').slice(0, DEEPEST)) {
      const isThere = (isMap(at) || Array.isArray(at)) && Object.hasOwn(at, key);
      if (!isThere) return undefined;
      at = (at as { readonly [key: string]: unknown })[key];
    }
    return textOf(at);
  };
}

const isMap = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string'
    ? value
    : typeof value === 'number' || typeof value === 'boolean'
      ? String(value)
      : undefined;
