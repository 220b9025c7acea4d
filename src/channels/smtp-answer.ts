/** Decides what a failure in the dialogue with a mail server (RFC 5321, RFC 3463) means for the message and the channel. */
import { isLoopback } from '../domain/mail-settings.ts';
import type { Answer } from './channel.ts';
import { certificateTrouble, handshakeTrouble, reasonIn } from './tls-words.ts';

/** The part of the dialogue that failed. From `body` on, the server may have the message. */
export type Stage = 'connect' | 'tls' | 'auth' | 'mail' | 'rcpt' | 'data' | 'body';

/** How the dialogue failed. */
export interface Failure {
  readonly stage: Stage;
  /** The server's answer: `550 5.1.1 no such user`. Left out: the connection ended, or was never made. */
  readonly reply?: string;
  /** The code of the system's or library's error: `ECONNREFUSED`. */
  readonly codes: readonly string[];
  readonly message: string;
}

/** The server of a dialogue. */
export interface Peer {
  readonly host: string;
  readonly port: number;
  readonly tls: 'starttls' | 'tls' | 'none';
  readonly user?: string;
}

/** The most characters that are kept of the server's answer. */
export const MOST_REPLY = 4096;

/** The enhanced codes that say that the address itself is bad: it is suppressed. */
const BAD_ADDRESS = new Set(['5.1.1', '5.1.2', '5.1.3', '5.1.6', '5.1.10', '5.2.1']);

/** Returns what becomes of the message. */
export function answerTo(failure: Failure, peer: Peer): Answer {
  const { stage, reply, codes } = failure;
  // The library refused the message: it is larger than the server takes, or its address is not valid.
  if (reply === undefined && codes.some(code => code === 'EMESSAGE' || code === 'EENVELOPE'))
    return { outcome: 'failed', reason: failure.message };
  if (reply === undefined) return stage === 'body' ? maybeSent(peer) : brokenOff(failure, peer);
  const response = reply.slice(0, MOST_REPLY);
  const [code, enhanced] = codesIn(reply);
  // The server closes the connection, whatever the command was: RFC 5321, 3.8.
  if (code === 421 || stage === 'connect' || stage === 'tls' || stage === 'auth')
    return { outcome: 'channel-down', ...explained(failure, peer), response };
  // Too large, as the server may say when it hears the size: only this message fails.
  const isTooLarge = enhanced === '5.3.4' || (code === 552 && enhanced === '');
  const isOfChannel = enhanced.startsWith('5.7.') || (stage === 'mail' && !isTooLarge);
  if (isOfChannel) return { outcome: 'channel-down', ...explained(failure, peer), response };
  if (code < 500) return { outcome: 'temporary', reason: said(reply), response };
  const isAddressBad = BAD_ADDRESS.has(enhanced);
  return { outcome: 'failed', reason: said(reply), response, ...(isAddressBad && { isAddressBad }) };
}

const maybeSent = ({ host }: Peer): Answer => ({
  outcome: 'unknown',
  reason: `${host} took the e-mail, and the connection ended before it said whether it accepted it`,
});

/** Returns the outcome when the dialogue ended without an answer, and the server does not have the message. */
function brokenOff(failure: Failure, peer: Peer): Answer {
  const { stage } = failure;
  // This recipient or message may be the reason: the others go on, and this message is tried again.
  if (stage === 'rcpt' || stage === 'data')
    return {
      outcome: 'temporary',
      reason: `the connection to ${peer.host} ended before the e-mail was handed over`,
    };
  return { outcome: 'channel-down', ...explained(failure, peer) };
}

/** Returns the code and the enhanced code of a reply. */
function codesIn(reply: string): readonly [code: number, enhanced: string] {
  const match = /^(\d{3})[ -]?(?:([245]\.\d{1,3}\.\d{1,3})\b)?/.exec(reply);
  return [Number(match?.[1] ?? 0), match?.[2] ?? ''];
}

/** Returns a reply on one line, shortened. */
const said = (reply: string): string => reply.replace(/\s+/g, ' ').trim().slice(0, 300);

type Words = Pick<Answer, 'reason' | 'hint'>;

/** Returns in words what failed on the way to the server, and what a person can do. */
function explained(failure: Failure, peer: Peer): Words {
  const { stage, reply } = failure;
  const at = `${peer.host}:${peer.port}`;
  if (stage === 'auth') return notLoggedIn(failure, peer);
  if (stage === 'tls' || isOfTls(failure)) return notSecured(failure, peer);
  if (reply !== undefined) {
    const what = stage === 'mail' ? 'does not take e-mails from this sender now' : 'takes no e-mails now';
    return { reason: `${at} ${what}: ${said(reply)}`, ...hintFor(reply) };
  }
  if (failure.codes.some(code => code === 'EDNS' || code === 'ENOTFOUND' || code === 'EAI_AGAIN'))
    return {
      reason: `there is no server named ${peer.host}`,
      hint: 'check mail: smtp: host, and the network',
    };
  if (failure.codes.includes('ECONNREFUSED'))
    return { reason: `nothing answers at ${at}`, hint: 'check the port: 587 with starttls, 465 with tls' };
  if (failure.codes.includes('ETIMEDOUT'))
    return {
      reason: `${at} did not answer in time`,
      hint: 'a firewall or the provider may block the port: 587 with starttls, 465 with tls',
    };
  return {
    reason: `the connection to ${at} failed: ${failure.message}`,
    hint: 'is it the right port for mail: smtp: tls? 587 is starttls, 465 is tls',
  };
}

function hintFor(reply: string): { readonly hint?: string } {
  const [, enhanced] = codesIn(reply);
  return enhanced.startsWith('5.7.')
    ? { hint: 'the server refuses this sender; crm mail check says what it may want' }
    : {};
}

function notLoggedIn({ reply, message }: Failure, { host, user = '' }: Peer): Words {
  if (reply === undefined) return { reason: `the connection to ${host} ended while logging in: ${message}` };
  const [code] = codesIn(reply);
  const isRefused = code === 535 || code === 534 || code === 530;
  return {
    reason: `${host} does not let ${user} in: ${said(reply)}`,
    hint: isRefused
      ? 'check the user and the password; with two-step login most providers want an app password, or a token'
      : 'check the user, and how the server wants it to log in',
  };
}

const isOfTls = ({ codes }: Failure): boolean => codes.some(code => /^ETLS$|CERT|SSL|TLS/.test(code));

function notSecured({ codes, message, reply, stage }: Failure, { host, port, tls }: Peer): Words {
  const at = `${host}:${port}`;
  const certificate = certificateTrouble(codes);
  if (certificate !== undefined)
    return {
      reason: `${at} cannot be trusted: ${certificate}`,
      hint: 'check mail: smtp: host; NODE_EXTRA_CA_CERTS names a file with the authority of a server of your own',
    };
  if (reply !== undefined && stage === 'tls')
    return {
      reason: `${at} has no encryption (STARTTLS): ${said(reply)}`,
      hint: isLoopback(host) ? 'tls: none, for a server on this machine' : 'port 465 with tls: tls, perhaps',
    };
  const trouble = handshakeTrouble(codes, message);
  return {
    reason: `${at} did not begin an encrypted connection: ${trouble ?? reasonIn(message)}`,
    hint: tls === 'tls' ? 'tls: starttls, and port 587, perhaps' : 'tls: tls, and port 465, perhaps',
  };
}
