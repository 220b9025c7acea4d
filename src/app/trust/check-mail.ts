/**
 * Checks whether e-mails would leave and arrive (`crm mail check`), as far as the settings and templates show it: the
 * server, the secret, trust, the sender, campaigns, users. It opens no connection and runs no program.
 */
import type { Config } from '../../domain/config.ts';
import { CrmError } from '../../domain/errors.ts';
import { hasTypedSecret } from '../../domain/typed-secret.ts';
import { addressOf, type SecretSource, type SmtpSettings } from '../../domain/mail-settings.ts';
import { readPrivateOf } from '../core/secret-access.ts';
import type { Workspace } from '../core/workspace.ts';
import { type Finding, note, ok, problem } from './finding.ts';
import { review } from './review.ts';
import { senderFindings } from './sender-findings.ts';

/** Returns the findings, in the order in which a person would mend them. FAILED for a user who may not change settings. */
export async function checkMail(workspace: Workspace): Promise<readonly Finding[]> {
  const items = await review(workspace);
  const { config } = workspace;
  const { mail } = config;
  if (!mail || mail.via === 'files')
    return [
      note('via', 'e-mails become files in mail/out, and nothing goes over the network: crm mail setup'),
    ];
  const open = items.filter(({ state }) => state === 'new' || state === 'changed');
  return [
    ...(mail.via === 'smtp' ? smtpFindings(mail.smtp!) : programFindings(mail.sendmail!)),
    ...secretFindings(workspace, mail.via === 'smtp' ? mail.smtp!.secret : undefined),
    open.length === 0
      ? ok('trust', 'all that e-mails need is trusted on this machine')
      : problem(
          'trust',
          `not trusted on this machine: ${open.map(({ kind, what }) => `${kind} ${what}`).join('; ')} (crm trust)`,
        ),
    ...senderFindings(mail),
    ok('plain text', 'every e-mail has a text part'),
    ...campaignFindings(config),
    ...userFindings(config),
  ];
}

function smtpFindings(smtp: SmtpSettings): Finding[] {
  const at = addressOf(smtp);
  const { tls, user } = smtp;
  return [
    tls === 'none'
      ? note('server', `${at}, on this machine, without encryption`)
      : ok('server', `${at} (${tls})`),
    user === undefined ? note('login', 'none: few servers take e-mails from everybody') : ok('login', user),
  ];
}

/** Programs that read the recipient from the e-mail only with an option such as `-t`. */
const NEEDS_T = /(^|\/)(sendmail|msmtp|exim4?|ssmtp|nullmailer-inject|dma)$/;

function programFindings([program, ...args]: readonly string[]): Finding[] {
  const isTold = args.some(word => /^-[a-z]*t/.test(word)) || args.includes('--read-recipients');
  return NEEDS_T.test(program!) && !isTold
    ? [problem('program', `${program} needs -t: it learns the recipient only from the e-mail`)]
    : [ok('program', [program, ...args].join(' '))];
}

/** Checks whether the secret exists, as far as that shows without running a program. */
function secretFindings(workspace: Workspace, secret: SecretSource | undefined): Finding[] {
  if (secret === undefined) return [];
  if (secret.kind === 'env')
    return workspace.world.env[secret.name]
      ? [ok('secret', `$${secret.name} is set here; it must be set where crm runs, in cron too`)]
      : [problem('secret', `$${secret.name} is not set`)];
  if (secret.kind === 'file') {
    try {
      readPrivateOf(workspace, secret.path);
      return [ok('secret', `${secret.path} is there, and only you can read it`)];
    } catch (error) {
      if (!(error instanceof CrmError)) throw error;
      return [problem('secret', error.message)];
    }
  }
  if (hasTypedSecret(secret.argv))
    return [
      problem('secret', `the command in crm.yaml has it among its words, and crm.yaml is copied and shared`),
    ];
  return [note('secret', `${secret.argv[0]} prints it: crm mail setup tries that`)];
}

/** Checks how recipients of campaigns unsubscribe: large receivers demand one click from bulk senders. */
function campaignFindings({ templates, serve }: Config): Finding[] {
  const campaigns = Object.values(templates).filter(({ kind }) => kind === 'campaign');
  if (campaigns.length === 0) return [];
  return serve?.address === undefined
    ? [
        note(
          'unsubscribe',
          'campaigns have List-Unsubscribe by e-mail only; Gmail and Yahoo want one-click unsubscribing from bulk senders: crm help serve',
        ),
      ]
    : [ok('unsubscribe', 'campaigns have List-Unsubscribe by one click and by e-mail')];
}

/** Finds users who want notifications by e-mail and have no address. */
const userFindings = ({ users }: Config): Finding[] =>
  Object.values(users)
    .filter(({ notify, email, active }) => active && notify === 'mail' && !email)
    .map(({ id }) => problem('users', `${id} is told by e-mail (notify: mail), and has no address`));
