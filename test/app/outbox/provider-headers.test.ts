import { expect, test } from 'vitest';
import { providerHeaders } from '../../../src/app/outbox/provider-headers.ts';

const ID = '<x1@acme.example>';

test.each([
  ['smtp.postmarkapp.com', ID, { 'X-PM-Metadata-message-id': ID }],
  ['smtp-broadcasts.PostmarkApp.com', ID, { 'X-PM-Metadata-message-id': ID }],
  ['smtp.postmarkapp.com', `<${'x'.repeat(80)}@acme.example>`, {}],
  ['smtp.sendgrid.net', ID, { 'X-SMTPAPI': `{"unique_args":{"message-id":"${ID}"}}` }],
  ['smtp.eu.sendgrid.net', ID, { 'X-SMTPAPI': `{"unique_args":{"message-id":"${ID}"}}` }],
  ['smtp.sendgrid.net', '', {}],
  ['smtp.mailgun.org', ID, {}],
  ['notsendgrid.net', ID, {}],
  ['sendgrid.net.evil.example', ID, {}],
  ['localhost', ID, {}],
  [undefined, ID, {}],
])('%s %s', (host, id, headers) => {
  expect(providerHeaders(host, id)).toEqual(headers);
});
