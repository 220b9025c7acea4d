/** Builds the answers to requests: the same words for everybody, which say nothing about the workspace. */

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Left out: the sentence of the status. */
  readonly body?: string | Uint8Array;
}

/** The sentence of a status, for people who meet it in a browser. */
const sentences: Readonly<Record<number, string>> = {
  200: 'Thank you.',
  202: 'Thank you.',
  400: 'This request could not be read.',
  401: 'This request has no valid signature.',
  403: 'This page may not send this form.',
  404: 'There is nothing here.',
  405: 'This is not how it works.',
  408: 'The request took too long.',
  413: 'This is too much.',
  415: 'The form is sent in another way than this server reads.',
  421: 'This server has another name.',
  422: 'Something is missing, or not as it should be. Please go back and look again.',
  429: 'Too many requests. Please try again later.',
  431: 'This is too much.',
  500: 'Something went wrong. Please try again later.',
  503: 'Busy. Please try again later.',
};

export const answer = (status: number, headers: Answer['headers'] = {}): Answer => ({ status, headers });

/** The answer to a request for a hook that does not exist, or with a wrong secret: they must look the same. */
export const notTheirs: Answer = answer(401, { 'WWW-Authenticate': 'Bearer' });

/** The headers that every answer has. */
export const usualHeaders: Readonly<Record<string, string>> = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy':
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Robots-Tag': 'noindex',
};

export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, char => `&#${char.charCodeAt(0)};`);

/** Returns a page with a piece of HTML in it. */
export const page = (status: number, title: string, html: string): Answer => ({
  status,
  headers: { 'Content-Type': 'text/html; charset=utf-8' },
  body: `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)}</title>
<style>body{font:1rem/1.5 system-ui,sans-serif;max-width:32rem;margin:4rem auto;padding:0 1rem}label{display:block;margin:1rem 0}input,textarea{display:block;width:100%;font:inherit;box-sizing:border-box}button{font:inherit}[hidden]{display:none}</style>
<main>
${html}
</main>
</html>
`,
});

/** Returns the page for a status: a sentence. */
export const sentencePage = (status: number, headers: Answer['headers'] = {}): Answer => {
  const sentence = sentences[status] ?? sentences[500]!;
  const its = page(status, sentence, `<p>${escapeHtml(sentence)}</p>`);
  return { ...its, headers: { ...its.headers, ...headers } };
};

/** Returns the default body of an answer: the sentence of its status, as plain text. */
export const bodyOf = ({ status, body }: Answer): string | Uint8Array =>
  body ?? `${sentences[status] ?? ''}\n`;
