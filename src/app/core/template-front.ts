/** Reads the front matter of an e-mail template: its subject, and how it is sent. */
import { mailKinds, type Template } from '../../domain/automation.ts';
import { readAddress } from '../../domain/email.ts';
import { CrmError } from '../../domain/errors.ts';
import { isFilePath } from '../../domain/file-paths.ts';
import { suggestion } from '../../domain/nearest.ts';
import { parseSendingHours } from '../../domain/sending-hours.ts';

export type Front = Omit<Template, 'id' | 'body' | 'images'>;

/** Reports what is wrong with the value of a key. */
type Say = (key: string, message: string, hint?: string) => void;

type Values = { readonly [key: string]: unknown };

/** Reads one key; undefined for a wrong value, which is reported to `say`. */
type Read = (value: unknown, say: (message: string, hint?: string) => void) => Partial<Front>;

const readers: { readonly [key: string]: Read } = {
  subject: (value, say) => {
    if (typeof value === 'string' && value.trim() !== '') return { subject: value };
    say('subject must be a text', "subject: 'Welcome, {{ contact.name }}'");
    return {};
  },
  kind: (value, say) => {
    const kind = mailKinds.find(each => each === value);
    if (kind) return { kind };
    say(`kind: unknown kind ${JSON.stringify(value)}`, suggestion(String(value), mailKinds, 'kinds'));
    return {};
  },
  attachments: (value, say) => {
    const paths: unknown[] = Array.isArray(value) ? value : [value];
    const wrong = paths.find(path => typeof path !== 'string' || !isFilePath(path));
    if (paths.length > 0 && wrong === undefined) return { attachments: [...new Set(paths as string[])] };
    say(
      `attachments: ${JSON.stringify(wrong ?? value)} is not the path of a file below files/`,
      'attachments: [files/price-list.pdf]',
    );
    return {};
  },
  track: (value, say) => {
    if (typeof value !== 'boolean') say(`track: ${JSON.stringify(value)} is neither true nor false`);
    return value === true ? { track: true } : {};
  },
  'reply-to': (value, say) => {
    if (typeof value === 'string' && readAddress(value)) return { replyTo: value };
    say(
      `reply-to: ${JSON.stringify(value)} is not an e-mail address`,
      "reply-to: 'Acme Help <help@example.com>'",
    );
    return {};
  },
  send: (value, say) => {
    try {
      parseSendingHours(String(value));
      return { send: String(value) };
    } catch (error) {
      if (!(error instanceof CrmError)) throw error;
      say(`send: ${error.message}`, error.hint);
      return {};
    }
  },
};

const keys = Object.keys(readers);

/** Reads the front matter of a template; reports what is wrong, key by key. */
export function readFront(values: Values, say: Say): Front {
  let front: Front = { subject: '' };
  for (const [key, value] of Object.entries({ subject: undefined, ...values })) {
    const read = Object.hasOwn(readers, key) ? readers[key] : undefined;
    if (read) front = { ...front, ...read(value, (message, hint) => say(key, message, hint)) };
    else say(key, `unknown key ${JSON.stringify(key)}`, suggestion(key, keys, 'known'));
  }
  return front;
}
