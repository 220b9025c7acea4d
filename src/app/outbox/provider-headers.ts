/**
 * Adds what makes a provider name our Message-ID in its webhooks. Postmark replaces it by its own, and SendGrid leaves it
 * out of opens and clicks; both send back what a mail carries for them. Other providers name the Message-ID themselves.
 */

/** The longest value that Postmark keeps (https://postmarkapp.com/support/article/1125-custom-metadata-faq). */
const LONGEST = 80;

/** Headers by the domain of the SMTP server. */
const byDomain: { readonly [domain: string]: (messageId: string) => { readonly [name: string]: string } } = {
  'postmarkapp.com': id => (id.length > LONGEST ? {} : { 'X-PM-Metadata-message-id': id }),
  // https://www.twilio.com/docs/sendgrid/for-developers/sending-email/unique-arguments
  'sendgrid.net': id => ({ 'X-SMTPAPI': JSON.stringify({ unique_args: { 'message-id': id } }) }),
};

/** Returns the headers of a mail that goes out by a server; none for most servers. */
export function providerHeaders(
  host: string | undefined,
  messageId: string,
): { readonly [name: string]: string } {
  const domain = host?.toLowerCase().split('.').slice(-2).join('.') ?? '';
  return Object.hasOwn(byDomain, domain) && messageId !== '' ? byDomain[domain]!(messageId) : {};
}
