/** Answers `/forms/NAME`: forms of web pages, as browsers submit them without a script. */
import { queueConfirmation } from '../app/outbox/confirmation.ts';
import { type Form, targetOf } from '../domain/serve-settings.ts';
import { type Answer, escapeHtml, page, sentencePage } from './answer.ts';
import { takeIn } from './intake.ts';
import { BadInput, valuesOf } from './request-values.ts';
import type { Asked, Tools } from './request.ts';

/** The most bytes of a form: names and a message, no files. */
export const FORM_BYTES = 64 * 1024;

/** The most inputs of a form: each costs more than its bytes. */
const MOST_INPUTS = 200;

const URLENCODED = /^application\/x-www-form-urlencoded\s*(?:;|$)/i;

/** Answers a submitted form. */
export async function postForm(name: string, form: Form, asked: Asked, tools: Tools): Promise<Answer> {
  const { headers, body } = asked;
  if (!mayCome(form, headers.origin, tools.settings.address)) return sentencePage(403);
  if (!URLENCODED.test(headers['content-type'] ?? '')) return sentencePage(415);
  const text = utf8(body);
  if (text === undefined || countOf(text, '&') >= MOST_INPUTS) return sentencePage(400);
  const inputs = new URLSearchParams(text);
  // A program that filled in the honeypot gets the usual answer, so that it does not try again.
  if (form.honeypot !== undefined && (inputs.get(form.honeypot) ?? '') !== '') return done(form);
  try {
    const values = valuesOf(form.fields, input => inputs.get(input) ?? undefined);
    const given = new Set([...values.values()].map(({ input }) => input));
    const missing = form.required.filter(input => !given.has(input));
    if (missing.length > 0) throw new BadInput(missing);
    const { pipeline, title, event, confirm } = form;
    await tools.committer.submit(`serve form ${name}`, writer =>
      takeIn(writer, {
        source: name,
        event,
        values,
        props: { form: name },
        ...(pipeline !== undefined && { deal: { pipeline, title } }),
        ...(confirm !== undefined && {
          more: its => queueConfirmation(writer, tools.outbox, { ...its, template: confirm }),
        }),
      }),
    );
    return done(form);
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    return page(
      422,
      'Please look again',
      `<p>Please go back and look at: ${escapeHtml(error.inputs.join(', '))}.</p>`,
    );
  }
}

const done = ({ redirect }: Form): Answer =>
  redirect === undefined ? sentencePage(200) : sentencePage(303, { Location: redirect });

/** Whether a page of that origin may send the form. Browsers send the Origin header with every posted form. */
function mayCome({ origins }: Form, origin: string | undefined, own: string | undefined): boolean {
  if (origins === undefined) return true;
  return origin !== undefined && (origins.includes(origin) || origin === own);
}

/** Answers with the form as a page, for people who have no page of their own to put it on. */
export function showForm(form: Form): Answer {
  const inputs = Object.entries(form.fields).map(([input, to]) => {
    const target = targetOf(to);
    // The id of a submission is set by programs, not typed by people.
    if (target.of === 'id') return '';
    const attributes = `name="${escapeHtml(input)}"${form.required.includes(input) ? ' required' : ''}`;
    const label = escapeHtml(input.charAt(0).toUpperCase() + input.slice(1).replace(/[-_]/g, ' '));
    if (to === 'prop.message' || to === 'deal.description')
      return `<label>${label} <textarea ${attributes} rows="6"></textarea></label>`;
    const type = to === 'email' ? 'email' : to === 'phone' ? 'tel' : 'text';
    return `<label>${label} <input type="${type}" ${attributes}></label>`;
  });
  const trap =
    form.honeypot === undefined
      ? ''
      : `<label hidden>Leave this empty <input name="${escapeHtml(form.honeypot)}" tabindex="-1" autocomplete="off"></label>`;
  const html = `<form method="post">\n${[...inputs, trap].filter(part => part !== '').join('\n')}\n<p><button>Send</button></p>\n</form>`;
  return page(200, 'Write to us', html);
}

const decoder = new TextDecoder('utf-8', { fatal: true });

function utf8(bytes: Buffer): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

function countOf(text: string, char: string): number {
  let count = 0;
  for (let at = text.indexOf(char); at >= 0; at = text.indexOf(char, at + 1)) count++;
  return count;
}
