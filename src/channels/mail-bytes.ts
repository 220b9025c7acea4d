/** Makes the bytes of an e-mail (RFC 5322) that is filed or sent. */
import type { Mail } from './channel.ts';

/** One addr-spec, without quoted parts and comments. */
const ADDRESS = /^[^\s"(),:;<>@[\\\]]+@[^\s"(),:;<>@[\\\]]+$/;
const CONTROL = /[\u0000-\u001f\u007f]/;

/** Returns why a mail cannot leave, because a value would add recipients or headers; undefined if it can. */
function whyNotMailed(mail: Mail): string | undefined {
  const { to, envelope = to, from, replyTo = '', subject, messageId, headers } = mail;
  const wrong = [to, envelope].find(address => !ADDRESS.test(address));
  if (wrong !== undefined) return `${JSON.stringify(wrong)} is not exactly one e-mail address`;
  const values = { from, 'reply-to': replyTo, subject, 'message-id': messageId, ...headers };
  const bad = Object.entries(values).find(([name, value]) => CONTROL.test(name) || CONTROL.test(value));
  return bad && `the header ${JSON.stringify(bad[0])} has a control character`;
}

/** The line end of the bytes, and the key that signs them. */
export interface Rendering {
  readonly newline?: 'unix' | 'windows';
  readonly dkim?: { readonly domainName: string; readonly keySelector: string; readonly privateKey: string };
}

/** Returns the bytes of a mail. Throws if a value would add recipients or headers. */
export async function mailBytes(mail: Mail, { newline = 'unix', dkim }: Rendering = {}): Promise<Uint8Array> {
  const why = whyNotMailed(mail);
  if (why !== undefined) throw new Error(why);
  const { from, to, replyTo, subject, messageId, headers, text, html, attachments = [], at } = mail;
  const { createTransport } = (await import('nodemailer')).default;
  const transport = createTransport({
    streamTransport: true,
    buffer: true,
    newline,
    ...(dkim && { dkim }),
  });
  const { message } = await transport.sendMail({
    from,
    to,
    ...(replyTo !== undefined && { replyTo }),
    subject,
    messageId,
    date: new Date(at),
    headers,
    text,
    ...(html !== undefined && { html }),
    attachments: attachments.map(({ name, content, contentId }) => ({
      filename: name,
      content: Buffer.from(content),
      ...(contentId !== undefined && { cid: contentId }),
    })),
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return message as Buffer;
}
