/** Says in words why a server could not be reached over TLS, by the codes and the text of the library's error. */

const certificates: readonly (readonly [RegExp, string])[] = [
  [/EXPIRED/, 'its certificate has expired'],
  [/NOT_YET/, 'its certificate is not valid yet: is the clock of this machine right?'],
  [/ALTNAME/, 'its certificate is for another name'],
  [
    /DEPTH_ZERO_SELF_SIGNED/,
    'nobody whom this machine knows vouches for its certificate, which is self-signed',
  ],
  [/SELF_SIGNED|UNABLE_TO|ISSUER|LEAF|CHAIN/, 'nobody whom this machine knows vouches for its certificate'],
];

/** Returns why a certificate cannot be trusted; undefined if the error is about something else. */
export const certificateTrouble = (codes: readonly string[]): string | undefined =>
  certificates.find(([pattern]) => codes.some(code => pattern.test(code)))?.[1];

const handshakes: readonly (readonly [RegExp, string])[] = [
  [/wrong.version.number|packet.length|http.request/i, 'it does not speak TLS on this port'],
  [/unsupported.protocol|protocol.version/i, 'it knows only versions of TLS that are too old'],
  [/handshake.failure|no.shared.cipher/i, 'it knows no encryption that this machine accepts'],
];

/** Returns why TLS did not begin, with the reason of OpenSSL in brackets; undefined if the error is about something else. */
export function handshakeTrouble(codes: readonly string[], message: string): string | undefined {
  const words = handshakes.find(([pattern]) => [...codes, message].some(text => pattern.test(text)))?.[1];
  return words === undefined ? undefined : `${words} (${reasonIn(message)})`;
}

/** Returns the reason in a text of OpenSSL: `wrong version number`; any other text as it is. */
export const reasonIn = (message: string): string =>
  /:error:[0-9A-F]+:[^:]*:[^:]*:([^:\n]+)/i.exec(message)?.[1] ?? message.trim();
