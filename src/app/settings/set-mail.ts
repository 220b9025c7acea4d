/** Changes `mail:` in crm.yaml: how e-mails leave. */
import type { Config } from '../../domain/config.ts';
import type { MailVia, SecretSource, TlsMode } from '../../domain/mail-settings.ts';
import type { Draft } from '../../state/draft.ts';
import type { YamlTree } from '../../store/yaml/yaml-tree.ts';
import type { Viewer } from '../core/viewer.ts';
import { editSettings } from './settings.ts';

/** The answers of `crm mail setup`; settings without an answer stay as they are. */
export interface MailAnswers {
  readonly via?: MailVia | undefined;
  readonly from?: string | undefined;
  readonly replyTo?: string | undefined;
  readonly bcc?: string | undefined;
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly tls?: TlsMode | undefined;
  readonly user?: string | undefined;
  readonly secret?: SecretSource | undefined;
  readonly sendmail?: readonly string[] | undefined;
}

/** Returns the key in crm.yaml for where a secret is kept. */
const secretKeys: Readonly<Record<SecretSource['kind'], string>> = {
  env: 'password-env',
  file: 'password-file',
  command: 'password-command',
  'token-command': 'token-command',
};

const placeOf = (source: SecretSource) =>
  source.kind === 'env' ? source.name : source.kind === 'file' ? source.path : [...source.argv];

/** Writes the answers into crm.yaml; USAGE if the settings would not be valid. Returns the new settings. */
export async function setMail(draft: Draft, viewer: Viewer, answers: MailAnswers): Promise<Config['mail']> {
  const { via, from, replyTo, bcc, host, port, tls, user, secret, sendmail } = answers;
  await editSettings(draft, viewer, 'crm.yaml', tree => {
    put(tree, ['mail'], { from, via, 'reply-to': replyTo, bcc, sendmail: sendmail && [...sendmail] });
    // A new server does not inherit the port and encryption of the previous one.
    if (host !== undefined && tree.get(['mail', 'smtp', 'host']) !== host)
      for (const key of ['port', 'tls']) take(tree, ['mail', 'smtp', key]);
    put(tree, ['mail', 'smtp'], { host, port, tls, user });
    if (secret === undefined) return;
    for (const key of Object.values(secretKeys)) take(tree, ['mail', 'smtp', key]);
    put(tree, ['mail', 'smtp'], { [secretKeys[secret.kind]]: placeOf(secret) });
  });
  return draft.config.mail;
}

function put(
  tree: YamlTree,
  path: readonly string[],
  values: { readonly [key: string]: Value | undefined },
): void {
  for (const [key, value] of Object.entries(values)) if (value !== undefined) tree.put([...path, key], value);
}

type Value = string | number | readonly string[];

function take(tree: YamlTree, path: readonly string[]): void {
  if (tree.get(path) !== undefined) tree.take(path);
}
