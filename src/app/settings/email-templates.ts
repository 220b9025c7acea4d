/** E-mail templates as files: found, added, changed, taken away and brought back. */
import type { Template } from '../../domain/automation.ts';
import type { Config } from '../../domain/config.ts';
import { conflict, type CrmError, notFound, usage } from '../../domain/errors.ts';
import { suggestion } from '../../domain/nearest.ts';
import { problemsError } from '../core/workspace.ts';
import type { Writer } from '../core/writer.ts';
import { frontMatter } from '../core/read-templates.ts';
import { asText, type SettingKeys, type SettingValues } from './setting-keys.ts';
import { filesOf, settingsWith, takeOut, writeSettings } from './settings.ts';

export const pathOf = (id: string): string => `templates/${id}.md`;

/** What `crm template set` may change. */
export const templateKeys: SettingKeys = {
  subject: { read: asText, required: true },
  body: { read: asText, required: true },
};

/** A template by its id; NOT_FOUND with the nearest one, INVALID with file and line where it is broken. */
export function templateNamed(config: Config, id: string): Template {
  if (Object.hasOwn(config.templates, id)) return config.templates[id]!;
  const broken = config.brokenTemplates.find(each => each.id === id);
  throw broken ? problemsError(broken.problems) : noTemplate(config, id);
}

function noTemplate({ templates, brokenTemplates }: Config, id: string): CrmError {
  const known = [...Object.keys(templates), ...brokenTemplates.map(each => each.id)];
  return notFound(`there is no template ${JSON.stringify(id)}`, suggestion(id, known, 'templates'));
}

/** A template as a file, which may be broken. */
export interface TemplateFile {
  readonly id: string;
  readonly subject: string | null;
  readonly state: 'ready' | 'broken';
  /** Undefined if it is broken. */
  readonly sound: Template | undefined;
}

/** Returns the templates of a workspace by id, broken ones among them. */
export function templateFiles({ templates, brokenTemplates }: Config): TemplateFile[] {
  return [
    ...Object.values(templates).map(sound => ({
      id: sound.id,
      subject: sound.subject,
      state: 'ready' as const,
      sound,
    })),
    ...brokenTemplates.map(({ id }) => ({ id, subject: null, state: 'broken' as const, sound: undefined })),
  ].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Returns one of them; NOT_FOUND with the nearest one. */
export function templateFileNamed(config: Config, id: string): TemplateFile {
  const found = templateFiles(config).find(each => each.id === id);
  if (found) return found;
  throw noTemplate(config, id);
}

/** The text of a template's file. */
export const templateText = (subject: string, body: string): string =>
  `---\nsubject: ${JSON.stringify(subject)}\n---\n${body.replace(/\n*$/, '\n')}`;

/** Adds a template; CONFLICT if there is one of that id, USAGE if the text is not a template. */
export async function addTemplate(writer: Writer, id: string, text: string): Promise<void> {
  if (filesOf(writer.draft).has(pathOf(id)))
    throw conflict(`there is a template ${id} already`, `crm template edit ${id}`);
  await write(writer, id, text);
}

/** Changes subject or body; what else is in the file stays as it is written. */
export async function setTemplate(writer: Writer, id: string, values: SettingValues): Promise<void> {
  const { editYaml } = await import('../../store/yaml/yaml-edit.ts');
  writer.draft.requireUtf8(pathOf(id));
  const text = filesOf(writer.draft).get(pathOf(id));
  const parts = text === undefined ? undefined : frontMatter(text);
  if (!parts) {
    templateNamed(writer.config, id);
    throw usage(`${pathOf(id)} has no front matter`, `crm template edit ${id}`);
  }
  const subject = values.get('subject');
  const body = values.get('body');
  const head =
    subject === undefined
      ? parts.head
      : editYaml(pathOf(id), parts.head, tree => tree.put(['subject'], subject));
  const rest = body === undefined ? parts.body : `${String(body).replace(/\n*$/, '')}\n`;
  await write(writer, id, `---\n${head.replace(/\n*$/, '')}\n---\n${rest}`);
}

/** Writes a template that is one: a broken one would be left out, and those that ask for it would fail. */
async function write({ draft, view }: Writer, id: string, text: string): Promise<void> {
  const config = await settingsWith(draft, new Map([[pathOf(id), text]]));
  const broken = config.brokenTemplates.find(each => each.id === id)?.problems[0];
  if (broken) throw usage(`that would not be a valid template: ${broken.message}`, broken.hint);
  await writeSettings(draft, view.viewer, pathOf(id), text);
}

/** Takes a template away; FAILED where a rule still sends it. */
export async function removeTemplate({ draft, view }: Writer, id: string): Promise<void> {
  await takeOut(draft, view.viewer, pathOf(id), `the template ${id}`, null);
}
