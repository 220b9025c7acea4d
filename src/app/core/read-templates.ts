/** E-mail templates: front matter with a subject, then a body; both Liquid. One that is broken is left out alone. */
import type { Broken, Template } from '../../domain/automation.ts';
import { notUtf8 } from '../../domain/bad-bytes.ts';
import type { Config } from '../../domain/config.ts';
import { whyNotNamed } from '../../domain/names.ts';
import { suggestion } from '../../domain/nearest.ts';
import { knownVariables } from '../../engine/text-data.ts';
import type { Texts } from '../../engine/texts.ts';
import { parseYaml, type Problem } from '../../store/yaml.ts';

const keys = ['subject'];
const EXAMPLE = '---\\nsubject: Welcome\\n---\\nDear {{ contact.name }}, ...';

/** Those of the files by path, checked against the fields that the settings define. */
export function readTemplates(
  files: ReadonlyMap<string, string>,
  config: Config,
  texts: Texts,
): Pick<Config, 'templates' | 'brokenTemplates'> {
  const templates: Record<string, Template> = {};
  const brokenTemplates: Broken[] = [];
  for (const [path, text] of files) {
    const id = /^templates\/([^/]+)\.md$/.exec(path)?.[1];
    if (id === undefined) continue;
    const { problems, subject, body } = readTemplate(path, text, config, texts);
    const unnamed = whyNotNamed('a template', id);
    if (unnamed !== undefined)
      problems.push({ file: path, line: 1, message: unnamed, hint: 'rename the file' });
    if (problems.length === 0) templates[id] = { id, subject, body };
    else brokenTemplates.push({ id, problems });
  }
  return { templates, brokenTemplates };
}

/** The YAML at the beginning of a template, between lines of `---`, and the text after it. */
export function frontMatter(text: string): { readonly head: string; readonly body: string } | undefined {
  const match = /^---\r?\n([\s\S]*?)(?:\r?\n)?---[ \t]*(?:\r?\n|$)([\s\S]*)$/.exec(text);
  return match ? { head: match[1]!, body: match[2]! } : undefined;
}

function readTemplate(path: string, text: string, config: Config, texts: Texts) {
  const problems: Problem[] = [];
  const say = (line: number, message: string, hint?: string) =>
    problems.push({ file: path, line, message, ...(hint !== undefined && { hint }) });
  const foreign = notUtf8(text);
  if (foreign) say(foreign.line, foreign.message, foreign.hint);
  const parts = frontMatter(text);
  if (!parts) {
    say(1, 'is not a template: front matter with a subject, then the text', EXAMPLE);
    return { problems, subject: '', body: '' };
  }
  const { head, body } = parts;
  const front = parseYaml(path, head);
  // The front matter begins on the second line.
  for (const problem of front.problems) problems.push({ ...problem, line: problem.line + 1 });
  const values = (front.value ?? {}) as { readonly [key: string]: unknown };
  for (const key of Object.keys(values))
    if (!keys.includes(key))
      say(front.lineOf([key]) + 1, `unknown key ${JSON.stringify(key)}`, suggestion(key, keys, 'known'));
  const subject = typeof values.subject === 'string' ? values.subject : '';
  if (front.problems.length === 0 && subject.trim() === '')
    say(front.lineOf(['subject']) + 1, 'subject must be a text', "subject: 'Welcome, {{ contact.name }}'");
  const bodyLine = linesIn(text.slice(0, text.length - body.length)) + 1;
  if (body.trim() === '') say(bodyLine, 'the text is empty');
  const knows = knownVariables(config);
  const ofSubject = texts.check(subject, knows);
  if (ofSubject) say(front.lineOf(['subject']) + 1, `subject: ${ofSubject.message}`, ofSubject.hint);
  const ofBody = texts.check(body, knows);
  if (ofBody) say(bodyLine + ofBody.line - 1, ofBody.message, ofBody.hint);
  return { problems, subject, body };
}

const linesIn = (text: string): number => text.split('\n').length - 1;
