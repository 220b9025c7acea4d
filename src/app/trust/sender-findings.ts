/** Checks whether receivers believe the sender of e-mails: SPF, DKIM and DMARC, as far as the settings show it. */
import { readAddress } from '../../domain/email.ts';
import { domainOfAddress, type MailProvider, providerOf } from '../../domain/mail-providers.ts';
import { isLoopback, type MailSettings, type SmtpSettings } from '../../domain/mail-settings.ts';
import { type Finding, note, ok, problem } from './finding.ts';

/** Checks the addresses of `from` and `reply-to` against the server that sends. */
export function senderFindings({ from, via, smtp, replyTo }: MailSettings): Finding[] {
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
