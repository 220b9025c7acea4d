/** Fetches a small text from a known server: without redirects, with a limit of size and time. */
import { failed } from '../domain/errors.ts';

/** The most bytes of an answer: a certificate has a few thousand. */
const LONGEST = 64 * 1024;
/** Milliseconds. */
const TIMEOUT = 5000;

/** Returns the text at an https address. FAILED if it cannot be fetched. */
export async function fetchText(url: string): Promise<string> {
  try {
    const answer = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(TIMEOUT) });
    const length = Number(answer.headers.get('content-length') ?? 0);
    if (!answer.ok) throw failed(`it answers ${answer.status}`);
    if (length > LONGEST) throw failed('it answers too much');
    return await textOf(answer);
  } catch (error) {
    throw failed(`${new URL(url).host} could not be asked: ${(error as Error).message}`);
  }
}

/** Reads an answer as it comes, since its length need not be what it says. */
async function textOf({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.length;
    if (size > LONGEST) throw failed('it answers too much');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
