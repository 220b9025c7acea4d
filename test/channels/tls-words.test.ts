import { expect, test } from 'vitest';
import { certificateTrouble, handshakeTrouble, reasonIn } from '../../src/channels/tls-words.ts';

const openssl = (reason: string) =>
  `C0B7E1:error:0A00010B:SSL routines:ssl3_get_record:${reason}:../deps/openssl/ssl/record/ssl3_record.c:355:\n`;

test.each([
  ['CERT_HAS_EXPIRED', 'its certificate has expired'],
  ['CERT_NOT_YET_VALID', 'its certificate is not valid yet: is the clock of this machine right?'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'its certificate is for another name'],
  [
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'nobody whom this machine knows vouches for its certificate, which is self-signed',
  ],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'nobody whom this machine knows vouches for its certificate'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'nobody whom this machine knows vouches for its certificate'],
  ['ECONNREFUSED', undefined],
])('%s of a certificate is: %s', (code, words) => {
  expect(certificateTrouble(['ESOCKET', code])).toBe(words);
});

test.each([
  ['wrong version number', 'it does not speak TLS on this port (wrong version number)'],
  ['packet length too long', 'it does not speak TLS on this port (packet length too long)'],
  ['unsupported protocol', 'it knows only versions of TLS that are too old (unsupported protocol)'],
  [
    'tlsv1 alert protocol version',
    'it knows only versions of TLS that are too old (tlsv1 alert protocol version)',
  ],
  [
    'sslv3 alert handshake failure',
    'it knows no encryption that this machine accepts (sslv3 alert handshake failure)',
  ],
  ['something new', undefined],
])('"%s" of OpenSSL is: %s', (reason, words) => {
  expect(handshakeTrouble([], openssl(reason))).toBe(words);
  expect(reasonIn(openssl(reason))).toBe(reason);
});
