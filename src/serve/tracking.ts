/**
 * Answers `/o/TOKEN` (a mail was opened) and `/c/TOKEN/N` (its Nth link was followed), for mails whose template says
 * `track: true`. The stored message says where a link leads, so nobody can make one of our links lead elsewhere.
 */
import { linksOf } from '../app/outbox/mail-parts.ts';
import { type Message, messageWithToken } from '../app/outbox/message.ts';
import type { Config } from '../domain/config.ts';
import type { State } from '../state/state.ts';
import { isProgramAgent, isTooSoon } from '../domain/mail-programs.ts';
import { type Answer, sentencePage } from './answer.ts';
import { noteOf } from './recipients.ts';
import type { Asked, Tools } from './request.ts';

/** Whether a program made the request: its user agent says so or is missing, or it was quicker than a person can be. */
export function isMachine(agent: string | undefined, method: string, sinceSent: number): boolean {
  // A browser's user agent has more than this one word, which is all that some image proxies send.
  const isBare = agent === undefined || !/^Mozilla\/5\.0 \(.+\)/.test(agent);
  return isBare || method !== 'GET' || isProgramAgent(agent) || isTooSoon(sinceSent);
}

/** A transparent GIF of one pixel. */
const PIXEL = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');

/** Answers with the picture, whether the token is known or not. */
export async function opened(token: string, asked: Asked, tools: Tools): Promise<Answer> {
  await note(token, 'email.opened', undefined, asked, tools);
  return { status: 200, headers: { 'Content-Type': 'image/gif' }, body: PIXEL };
}

/** Redirects to where the Nth link of the message leads, from 1. */
export async function clicked(token: string, number: number, asked: Asked, tools: Tools): Promise<Answer> {
  const target = await note(token, 'email.clicked', number, asked, tools);
  return target === undefined ? sentencePage(404) : sentencePage(302, { Location: target });
}

/** Records an open of a mail, or a click on its Nth link; returns where that link leads. */
function note(
  token: string,
  event: string,
  number: number | undefined,
  { headers, method, at }: Asked,
  { committer }: Tools,
): Promise<string | undefined> {
  return committer.submit(`serve ${event.slice('email.'.length)}`, async writer => {
    const message = trackedMessage(writer.draft.state, token, writer.config);
    const url = message && number !== undefined ? (await linksOf(message))[number - 1] : undefined;
    if (!message || (number !== undefined && url === undefined)) return undefined;
    const machine = isMachine(
      headers['user-agent'],
      method,
      at - Date.parse(message.sentAt ?? message.updatedAt!),
    );
    // Counted once a day: a mail that stays open fetches the image again and again.
    const key = [number, machine ? 'machine' : undefined, writer.today];
    noteOf(writer, token, {
      event,
      key: key.filter(part => part !== undefined).join(':'),
      props: { ...(url !== undefined && { url }), ...(machine && { machine }) },
    });
    return url;
  });
}

function trackedMessage(state: State, token: string, { templates }: Config): Message | undefined {
  const message = messageWithToken(state, token);
  const { template } = message ?? {};
  const isTracked =
    template !== undefined && Object.hasOwn(templates, template) && templates[template]!.track;
  return isTracked ? message : undefined;
}
