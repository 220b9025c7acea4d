/**
 * Checks what receivers of e-mails demand (`crm mail check`), as far as the settings and templates show it. It opens no
 * connection and runs no program.
 */
import type { Config } from '../../domain/config.ts';
import { readAddress } from '../../domain/email.ts';
import { CrmError } from '../../domain/errors.ts';
import { hasTypedSecret } from '../../domain/typed-secret.ts';
import { domainOfAddress, type MailProvider, providerOf } from '../../domain/mail-providers.ts';
import {
  addressOf,
  isLoopback,
  type MailSettings,
  type SecretSource,
  type SmtpSettings,
} from '../../domain/mail-settings.ts';
import { readPrivateOf } from '../core/secret-access.ts';
import type { Workspace } from '../core/workspace.ts';
import { review } from './review.ts';

/** `ok`: as it should be. `note`: worth knowing. `problem`: e-mails do not leave, or are likely to be refused. */
export interface Finding {
  readonly check: string;
  readonly state: 'ok' | 'note' | 'problem';
  readonly text: string;
}

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

const ok = (check: string, text: string): Finding => ({ check, state: 'ok', text });
const note = (check: string, text: string): Finding => ({ check, state: 'note', text });
const problem = (check: string, text: string): Finding => ({ check, state: 'problem', text });

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

function senderFindings({ from, via, smtp, replyTo }: MailSettings): Finding[] {
  const email = readAddress(from!)!.email;
  const domain = domainOfAddress(email);
  const provider = providerOf(email);
  const findings: Finding[] = [];
  if (!domain.includes('.'))
    findings.push(problem('from', `${email}: receivers refuse a domain that is not public`));
  else if (provider && via === 'smtp' && !isOf(provider, smtp!.host))
    findings.push(
      problem(
        'from',
        `${domain} belongs to ${provider.name}, and ${smtp!.host} may not send for it (DMARC): send by ${provider.smtp.host}, or from a domain of your own`,
      ),
    );
  else findings.push(ok('from', email));
  if (via === 'smtp' && !provider) findings.push(...alignment(domain, smtp!));
  if (replyTo !== undefined && domainOfAddress(readAddress(replyTo)!.email) !== domain)
    findings.push(note('reply-to', `${replyTo} is of another domain than from: some filters distrust that`));
  return findings;
}

/** Checks whether the sender or the DKIM signature is of the domain that receivers see: DMARC needs one of them. */
function alignment(domain: string, { host, user = '', dkim }: SmtpSettings): Finding[] {
  const servers = isLoopback(host) ? 'the server that sends' : `the servers of ${host}`;
  const dns = `a DNS record of ${domain} must name ${servers} (SPF), or hold a key to sign with (DKIM)`;
  if (dkim && isSameOrganisation(dkim.domain, domain))
    return [ok('alignment', `signed for ${dkim.domain} (DKIM)`)];
  if (dkim)
    return [
      problem(
        'alignment',
        `signed for ${dkim.domain}, and receivers look for a signature of ${domain} (DMARC)`,
      ),
    ];
  const login = user.includes('@') ? domainOfAddress(user) : undefined;
  if (login !== undefined && !isSameOrganisation(login, domain))
    return [
      note(
        'alignment',
        `logs in as ${user} and sends from ${domain}: ${dns}; the provider must allow that sender`,
      ),
    ];
  return [note('alignment', dns)];
}

/** Whether one domain is the other, or lies below it. */
const isSameOrganisation = (a: string, b: string): boolean =>
  a === b || a.endsWith(`.${b}`) || b.endsWith(`.${a}`);

const isOf = ({ smtp, domains }: MailProvider, host: string): boolean => {
  const two = (name: string) => name.toLowerCase().split('.').slice(-2).join('.');
  return two(host) === two(smtp.host) || domains.includes(two(host));
};

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
