import { expect, test } from 'vitest';
import { hasTypedSecret } from '../../src/domain/typed-secret.ts';

test.each([
  [['echo', 'hunter2'], true],
  [['/bin/printf', '%s', 'hunter2'], true],
  [['sh', '-c', 'echo hunter2'], true],
  [['print-it', '--password=hunter2'], true],
  [['openssl', 'rsa', '-passin', 'pass:hunter2'], true],
  [['sh', '-c', 'echo "$MAIL_PASSWORD"'], false],
  [['sh', '-c', 'echo $(pass show mail)'], false],
  [['pass', 'show', 'mail/password'], false],
  [['secret-tool', 'lookup', 'password', 'smtp'], false],
  [['op', 'read', 'op://mail/smtp/password'], false],
  [['gpg', '--passphrase-file', '/home/ana/.p', '-d', 'mail.gpg'], false],
  [['openssl', 'rsa', '-passin', 'pass:file:/home/ana/.p'], false],
])('of %j, that the secret is among the words is %s', (argv, isTyped) => {
  expect(hasTypedSecret(argv)).toBe(isTyped);
});
