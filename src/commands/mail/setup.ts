import { mayChangeSettings } from '../../app/core/viewer.ts';
import { keepPassword } from '../../app/core/secret-access.ts';
import { waitingToLeave } from '../../app/reading/waiting-to-leave.ts';
import { type MailAnswers, setMail } from '../../app/settings/set-mail.ts';
import { trustMail } from '../../app/trust/review.ts';
import { sendTestMail } from '../../app/trust/test-mail.ts';
import type { Answer } from '../../channels/channel.ts';
import type { MailSettings } from '../../domain/mail-settings.ts';
import { readAddress } from '../../domain/email.ts';
import { usage } from '../../domain/errors.ts';
import { hasTypedSecret } from '../../domain/typed-secret.ts';
import { plural } from '../../ui/words.ts';
import { reportDryRun } from '../printing/changed.ts';
import { command } from '../line/command.ts';
import type { Context } from '../line/context.ts';
import { printJson } from '../printing/output.ts';
import { answersGiven, completed, setupOptions } from './answers.ts';
import { askAnswers } from './questions.ts';

/** `crm mail setup` */
export const setup = command({
  summary: 'set up how e-mails are sent: asks, writes mail: in crm.yaml, and sends you a test e-mail',
  effect: 'secrets',
  args: {},
  options: setupOptions,
  examples: [
    'mail setup',
    "mail setup --from 'Acme <acme@gmail.com>' --password-file ~/.config/crm/acme",
    "mail setup --from sales@example.com --server mail.example.com --user sales --password-command 'pass show mail'",
    "mail setup --from sales@example.com --sendmail 'msmtp -t' --no-test",
    'mail setup --via files',
  ],
  jsonFields: ['via', 'from', 'trusted', 'test'],
  async run(context, _args, options) {
    const given = answersGiven(options);
    const workspace = await context.workspace();
    const { config, viewer } = workspace;
    mayChangeSettings(viewer);
    const me = config.users[viewer.user];
    const asked = context.canAsk() && !context.globals.yes;
    const answers = asked ? await askAnswers(context, given, config.mail, me) : completed(given, config.mail);
    const isTested = !options.denied('test') && answers.via !== 'files';
    const to = isTested
      ? testAddress(options.text('to') ?? me?.email ?? answers.from ?? config.mail?.from)
      : '';
    const written = context.globals.dryRun ? answers : withPassword(workspace, answers);
    const committed = await context.changeSettings(({ view }, draft) => setMail(draft, view.viewer, written));
    if (context.globals.dryRun) return reportDryRun(context, committed);
    await workspace.reload();
    const trusted = await trustMail(workspace);
    const answer = isTested ? await tested(context, to) : undefined;
    await report(context, committed.result, trusted.length, to, answer);
    const { secret } = answers;
    if (secret && 'argv' in secret && hasTypedSecret(secret.argv))
      await context.message(
        'the command has the secret itself, and is in crm.yaml, which is copied and shared: name one that fetches it (pass show mail), or keep the secret in a file',
      );
    return answer === undefined || isSent(answer) ? 0 : 1;
  },
});

/** Keeps a typed password in a private file, and returns the answers with the file's path. */
function withPassword(
  workspace: Parameters<typeof keepPassword>[0],
  { password, ...answers }: MailAnswers & { readonly password?: string },
): MailAnswers {
  if (password === undefined) return answers;
  const name = `mail-password-${(answers.host ?? 'server').replace(/[^a-z0-9.-]/gi, '-')}`;
  return { ...answers, secret: { kind: 'file', path: keepPassword(workspace, name, password) } };
}

function testAddress(text: string | undefined): string {
  const email = text === undefined ? undefined : readAddress(text)?.email;
  if (email !== undefined) return email;
  throw usage('to which address does the test e-mail go?', '--to ADDRESS; or --no-test');
}

/** Sends the test e-mail; undefined, with a message, if --now is given: then nothing is sent. */
async function tested(context: Context, to: string): Promise<Answer | undefined> {
  const workspace = await context.workspace();
  if (!workspace.world.isTimeGiven) return sendTestMail(workspace, to);
  await context.message('no test e-mail: the time is given (--now or CRM_NOW)');
  return undefined;
}

/** Reports queued messages that will not leave by themselves. */
async function sayHeld(context: Context): Promise<void> {
  const count = waitingToLeave(await (await context.workspace()).view()).get('email') ?? 0;
  if (count > 0)
    await context.message(
      `${plural(count, 'e-mail')} queued before this will be held: crm message release lets them leave`,
    );
}

const isSent = ({ outcome }: Answer): boolean => outcome === 'sent' || outcome === 'filed';

async function report(
  context: Context,
  mail: MailSettings | undefined,
  trusted: number,
  to: string,
  answer: Answer | undefined,
): Promise<void> {
  const via = mail?.via ?? 'files';
  const test = answer && { to, ...answer };
  if (await printJson(context, { via, from: mail?.from ?? null, trusted, test: test ?? null })) return;
  await context.message(
    via === 'files'
      ? 'e-mails become files in mail/out; nothing goes over the network'
      : `e-mails leave by ${via}${trusted === 0 ? '' : `; trusted ${plural(trusted, 'item')} on this machine (crm trust --show)`}`,
  );
  if (!answer) return;
  if (isSent(answer)) {
    await context.message(`sent a test e-mail to ${to}: look for it there, and in its spam folder too`);
    await sayHeld(context);
    return;
  }
  await context.message(`the test e-mail to ${to} did not leave: ${answer.reason ?? answer.outcome}`);
  await context.message(answer.hint ?? 'crm mail setup asks again; crm mail check looks for what is missing');
}
