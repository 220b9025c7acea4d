/** Asks the questions of `crm mail setup` on a terminal, each with a preset answer if one is known. */
import type { MailAnswers } from '../../app/settings/set-mail.ts';
import type { User } from '../../domain/config.ts';
import { readAddress } from '../../domain/email.ts';
import { domainOfAddress, providerOf } from '../../domain/mail-providers.ts';
import { addressOf, type MailSettings, type SecretSource } from '../../domain/mail-settings.ts';
import { askSecret, askText, type Choice, choose } from '../../ui/prompt.ts';
import type { Context } from '../line/context.ts';
import { programWords } from '../line/program-words.ts';
import { readServer } from './answers.ts';

type Answers = MailAnswers & { readonly password?: string };

/** Asks for everything that the options leave open. */
export async function askAnswers(
  context: Context,
  given: MailAnswers,
  before: MailSettings | undefined,
  me: User | undefined,
): Promise<Answers> {
  const ask = askerOf(context);
  const via =
    given.via ??
    (given.sendmail
      ? 'sendmail'
      : given.host
        ? 'smtp'
        : await ask.pick('How do e-mails leave?', waysOut, 'smtp'));
  if (via === 'files') return { ...given, via };
  const own = me?.email === undefined ? undefined : `${me.name} <${me.email}>`;
  const from = given.from ?? (await ask.address('Who are e-mails from?', before?.from ?? own));
  if (via === 'sendmail') {
    const known = before?.sendmail?.join(' ') ?? 'msmtp -t';
    const sendmail =
      given.sendmail ??
      programWords('the program', await ask.text('Which program takes them?', known), 'msmtp -t');
    return { ...given, via, from, sendmail };
  }
  const email = readAddress(from)?.email ?? from;
  const provider = providerOf(email);
  const preset = before?.smtp ?? provider?.smtp ?? { host: `smtp.${domainOfAddress(email)}`, port: 587 };
  const server = given.host === undefined ? readServer(await ask.text('Mail server', addressOf(preset))) : {};
  const user = given.user ?? (await ask.text('User', before?.smtp?.user ?? email));
  if (provider?.secret !== undefined) await context.message(`${provider.name} wants ${provider.secret}`);
  const kept = given.secret ? { secret: given.secret } : await askKept(ask, before?.smtp?.secret);
  return { ...given, via: 'smtp', from, ...server, user, ...kept };
}

const waysOut: readonly Choice[] = [
  { value: 'smtp', name: 'by a mail server (SMTP)' },
  { value: 'sendmail', name: 'by a program of this machine (msmtp, sendmail)' },
  { value: 'files', name: 'not at all: as files in mail/out' },
];

const places: readonly Choice[] = [
  { value: 'file', name: 'type it now: crm keeps it in a private file of yours' },
  { value: 'env', name: 'in an environment variable' },
  { value: 'command', name: 'a command prints it (pass, secret-tool, op, ...)' },
  { value: 'token-command', name: 'a command prints an OAuth 2 token' },
];

/** Asks where the secret is kept; a password that is typed is not shown, and is returned as it is. */
async function askKept(
  ask: Asker,
  before: SecretSource | undefined,
): Promise<Pick<Answers, 'secret' | 'password'>> {
  const same: Choice[] = before ? [{ value: 'same', name: 'where it was before' }] : [];
  const kind = await ask.pick('Where is the password?', [...same, ...places], before ? 'same' : 'file');
  if (kind === 'same') return {};
  if (kind === 'file') return { password: await ask.secret('Password') };
  if (kind === 'env') return { secret: { kind, name: await ask.text('Variable', 'CRM_SMTP_PASSWORD') } };
  const command = await ask.text('Command', kind === 'command' ? 'pass show mail' : undefined);
  return {
    secret: {
      kind: kind as 'command' | 'token-command',
      argv: programWords('the command', command, 'pass show mail'),
    },
  };
}

type Asker = ReturnType<typeof askerOf>;

function askerOf(context: Context) {
  const { streams } = context;
  const text = async (question: string, preset?: string): Promise<string> => {
    for (;;) {
      const answer = (await askText(question, streams, await context.promptPaint(), preset)).trim();
      if (answer !== '') return answer;
    }
  };
  return {
    text,
    async address(question: string, preset?: string): Promise<string> {
      for (;;) {
        const answer = await text(question, preset);
        if (readAddress(answer)) return answer;
        await context.message(
          `${JSON.stringify(answer)} is not an e-mail address: Acme Sales <sales@example.com>`,
        );
      }
    },
    async secret(question: string): Promise<string> {
      for (;;) {
        const answer = await askSecret(question, streams, await context.promptPaint());
        if (answer !== '') return answer;
      }
    },
    pick: async (question: string, choices: readonly Choice[], preset: string) =>
      choose(question, choices, preset, streams, await context.promptPaint()),
  };
}
