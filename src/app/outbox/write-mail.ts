/** A mail that a person writes to one recipient: as a text with its headers, and as the message that is queued. */
import { CrmError, failed, usage } from '../../domain/errors.ts';
import { parseEmail } from '../../domain/email.ts';
import { isFilePath } from '../../domain/file-paths.ts';
import { suggestion } from '../../domain/nearest.ts';
import { hashOfAttached } from '../../store/disk/attached-file.ts';
import { automationNamed } from '../automation/automation-named.ts';
import type { Workspace } from '../core/workspace.ts';
import type { Writer } from '../core/writer.ts';
import { EditProblems } from '../records/edit-record.ts';

/** What a person writes. */
export interface Letter {
  readonly to: string;
  readonly subject: string;
  /** Paths below `files/`. */
  readonly attach: readonly string[];
  readonly body: string;
}

/** What a letter is about, and what it answers and starts. */
export interface Around {
  readonly deal?: string | undefined;
  readonly contact?: string | undefined;
  readonly account?: string | undefined;
  readonly template?: string | undefined;
  /** The Message-ID that it answers, and those of the thread. */
  readonly inReplyTo?: string | undefined;
  readonly references?: string | undefined;
  /** The rule that starts when the letter is sent or answered. */
  readonly start?: { readonly rule: string; readonly when: 'sent' | 'replied' } | undefined;
}

const headers = ['To', 'Subject', 'Attach'];
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f]/;

/** Returns a letter as the text that is edited. */
export const letterText = ({ to, subject, attach, body }: Letter): string =>
  `To: ${to}\nSubject: ${subject}\nAttach: ${attach.join(', ')}\n\n${body.replace(/\n*$/, '\n')}`;

/** Reads an edited letter; throws EditProblems with the line of each. */
export function readLetter(text: string): Letter {
  const lines = text.replace(/\r\n?/g, '\n').split('\n');
  const end = lines.findIndex(line => line.trim() === '');
  const problems: { line: number; message: string; hint?: string }[] = [];
  const found = new Map<string, { value: string; line: number }>();
  lines.slice(0, end < 0 ? lines.length : end).forEach((line, i) => {
    const [, name = '', value = ''] = /^([A-Za-z-]+):(.*)$/.exec(line) ?? [];
    const header = headers.find(each => each.toLowerCase() === name.toLowerCase());
    const hint = suggestion(name, headers, 'headers');
    if (!header || found.has(header))
      problems.push({
        line: i + 1,
        message: header ? `${header} is there twice` : `${JSON.stringify(line)} is not a header of a mail`,
        ...(hint !== undefined && { hint }),
      });
    else found.set(header, { value: value.trim(), line: i + 1 });
  });
  const lineOf = (header: string) => found.get(header)?.line ?? 1;
  const letter = {
    to: found.get('To')?.value ?? '',
    subject: found.get('Subject')?.value ?? '',
    attach: (found.get('Attach')?.value ?? '')
      .split(',')
      .map(each => each.trim())
      .filter(each => each !== ''),
    body: end < 0 ? '' : lines.slice(end + 1).join('\n'),
  };
  for (const { header, message, hint } of wrongIn(letter))
    problems.push({
      line: header === '' ? Math.max(end, 0) + 1 : lineOf(header),
      message,
      ...(hint && { hint }),
    });
  if (problems.length > 0) throw new EditProblems(problems);
  return { ...letter, to: parseEmail(letter.to) };
}

/** Returns what is wrong with a letter, each problem with the header that it is about; '' means the text. */
function wrongIn({
  to,
  subject,
  attach,
  body,
}: Letter): { header: string; message: string; hint?: string }[] {
  const problems: { header: string; message: string; hint?: string }[] = [];
  const say = (header: string, message: string, hint?: string) =>
    problems.push({ header, message, ...(hint !== undefined && { hint }) });
  try {
    if (to === '') say('To', 'To needs an e-mail address', 'To: jane@example.com');
    else parseEmail(to);
  } catch (error) {
    if (!(error instanceof CrmError)) throw error;
    say('To', `${JSON.stringify(to)} is not exactly one e-mail address`, 'To: jane@example.com');
  }
  if (subject === '') say('Subject', 'Subject is empty', 'Subject: Your chairs');
  if (CONTROL.test(subject) || /[\n\t]/.test(subject)) say('Subject', 'Subject has a control character');
  for (const path of attach)
    if (!isFilePath(path))
      say(
        'Attach',
        `${JSON.stringify(path)} is not the path of a file below files/`,
        'crm deal attach copies a file there',
      );
  if (CONTROL.test(body)) say('', 'the text has a control character');
  if (body.replace(/(^|\n)-- \n[\s\S]*$/, '').trim() === '') say('', 'the text is empty');
  return problems;
}

/** Throws USAGE if anything is wrong with a letter that is not edited, but piped. */
export function requireLetter(letter: Letter): Letter {
  const [wrong] = wrongIn(letter);
  if (wrong) throw usage(wrong.message, wrong.hint);
  return { ...letter, to: parseEmail(letter.to) };
}

/**
 * Queues a letter, and logs it on the deal, the contact and the account. Returns the id of the message. FAILED for a file
 * that is not there, or a rule that is disabled.
 */
export function queueLetter(
  writer: Writer,
  { world, store }: Workspace,
  letter: Letter,
  around: Around,
): string {
  const { to, subject, attach, body } = letter;
  const { deal, contact, account, template, inReplyTo, references, start } = around;
  const noted = attach.map(path => {
    const hash = hashOfAttached(world.io, store.dir, path);
    if (hash === undefined)
      throw failed(
        `${path} is missing, is not a regular file, or is larger than 25 MB`,
        'crm deal attach copies a file there',
      );
    return `${hash} ${path}`;
  });
  if (start && !automationNamed(writer.visible, start.rule).enabled)
    throw failed(`${start.rule} is disabled`, `crm automation enable ${start.rule}`);
  const given = {
    channel: 'email',
    status: 'queued',
    to,
    subject,
    body: body.replace(/\n*$/, '\n'),
    template,
    contact,
    deal,
    account,
    ...(attach.length > 0 && { attachments: [...attach], noted }),
    inReplyTo,
    references,
    ...(start && { [start.when === 'sent' ? 'whenSent' : 'whenReplied']: start.rule }),
    key: `mail/${writer.draft.state.nextNumber('message')}`,
  };
  const said = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const { id } = writer.add('message', said);
  const about = [deal, contact, account].filter(each => each !== undefined);
  const [subjectOf, ...others] = about;
  if (subjectOf !== undefined)
    writer.add('activity', {
      type: 'email',
      direction: 'out',
      for: subjectOf,
      subject,
      to,
      text: body.replace(/\n*$/, ''),
      message: id,
      ...(others.length > 0 && { with: others }),
    });
  return id;
}
