import type { WorkspaceOptions } from './ready-workspace.ts';

/** A text as a YAML scalar: quoted where it would not be read as the same text. */
export const scalar = (text: string): string =>
  /^[\p{L}][\p{L}\p{N} _.&/-]*$/u.test(text) &&
  !/^(true|false|null|yes|no|on|off|~)$/i.test(text) &&
  !text.endsWith(' ')
    ? text
    : JSON.stringify(text);

/** The beginning of every crm.yaml. */
export const crmYaml = (
  { name, timezone, currency }: WorkspaceOptions,
  fields: string,
): string => `# The settings of this workspace; crm help files says what else there is.
name: ${scalar(name)}
timezone: ${timezone}
currency: ${currency}
users: {}
teams: {}
task-types: { call: { contact: true }, email: { contact: true }, meeting: { contact: true }, todo: {} }
${fields}scores: {}
views: {}
imports: {}
`;

/** The files that git should not keep: locks, temporary files, and filed e-mails. */
export const gitignore = '.crm/\n.tmp-*\nmail/out/\n';
