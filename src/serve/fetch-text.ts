/** Fetches a small text from a known server: without redirects, with a limit of size and time. */
import { failed } from '../domain/errors.ts';

/** The most characters of an answer: a certificate has a few thousand. */
const LONGEST = 64 * 1024;
/** Milliseconds. */
const TIMEOUT = 5000;

/** Returns the text at an https address. FAILED if it cannot be fetched. */
export async function fetchText(url: string): Promise<string> {
  try {
    const answer = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(TIMEOUT) });
    const length = Number(answer.headers.get('content-length') ?? 0);
    if (!answer.ok || length > LONGEST) throw failed(`it answers ${answer.status}`);
    const text = await answer.text();
    if (text.length > LONGEST) throw failed('it answers too much');
    return text;
  } catch (error) {
    throw failed(`${new URL(url).host} could not be asked: ${(error as Error).message}`);
  }
}
