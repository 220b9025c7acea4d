/** E-mail templates: front matter with a subject, then a body; both Liquid. Only broken ones are left out. */
import type { Broken, Template } from '../../domain/automation.ts';
import { notUtf8 } from '../../domain/bad-bytes.ts';
import type { Config } from '../../domain/config.ts';
import { whyNotNamed } from '../../domain/names.ts';
import { formConfirmedBy } from '../../domain/serve-settings.ts';
import { imagesIn } from '../../domain/file-paths.ts';
import { byCodeUnits } from '../../kinds/field-types.ts';
import { knownVariables } from '../../engine/texts/text-data.ts';
import type { Texts } from '../../engine/texts/texts.ts';
import { parseYaml, type Problem } from '../../store/yaml/yaml.ts';
import { type Front, readFront } from './template-front.ts';

const EXAMPLE = '---\\nsubject: Welcome\\n---\\nDear {{ contact.name }}, ...';

/** Returns the texts of the templates by id, also of broken ones, since other texts may render them. */
export function bodiesOf(files: ReadonlyMap<string, string>): Map<string, string> {
  const bodies = new Map<string, string>();
  for (const [path, text] of files) {
    const id = templateIn(path);
    if (id !== undefined) bodies.set(id, frontMatter(text)?.body ?? '');
  }
  return bodies;
}

const templateIn = (path: string): string | undefined => /^templates\/([^/]+)\.md$/.exec(path)?.[1];

/** Returns the templates among files by path, checked against the fields that the settings define. */
export function readTemplates(
  files: ReadonlyMap<string, string>,
  config: Config,
  texts: Texts,
): Pick<Config, 'templates' | 'brokenTemplates'> {
  const templates: Record<string, Template> = {};
  const brokenTemplates: Broken[] = [];
  const circles = circlesAmong(bodiesOf(files), texts);
  for (const [path, text] of files) {
    const id = templateIn(path);
    if (id === undefined) continue;
    const { problems, front, body } = readTemplate(path, text, config, texts);
    const unnamed = whyNotNamed('a template', id);
    if (unnamed !== undefined)
      problems.push({ file: path, line: 1, message: unnamed, hint: 'rename the file' });
    const circle = circles.get(id);
    if (circle) problems.push(inCircle(path, text, circle));
    if (problems.length === 0) templates[id] = { id, ...front, body };
    else brokenTemplates.push({ id, problems });
  }
  breakThoseAround(templates, brokenTemplates, files, texts);
  addImages(templates, texts);
  return { templates, brokenTemplates };
}

/** Sets the files that each template shows as images, including those of the templates that it renders. */
function addImages(templates: Record<string, Template>, texts: Texts): void {
  for (const template of Object.values(templates)) {
    const bodies = new Map<string, string>();
    const add = (id: string) => {
      if (bodies.has(id)) return;
      const { body } = templates[id]!;
      bodies.set(id, body);
      texts.partsOf(body).forEach(add);
    };
    add(template.id);
    const images = [...new Set([...bodies.values()].flatMap(imagesIn))];
    if (images.length > 0) templates[template.id] = { ...template, images };
  }
}

/** Returns the templates that render themselves, each with the ids of the templates on the way. */
function circlesAmong(bodies: ReadonlyMap<string, string>, texts: Texts): Map<string, readonly string[]> {
  const parts = new Map([...bodies].map(([id, body]) => [id, texts.partsOf(body)]));
  const circles = new Map<string, readonly string[]>();
  for (const start of parts.keys()) {
    const ways: string[][] = [[start]];
    const seen = new Set<string>();
    for (let way = ways.pop(); way && !circles.has(start); way = ways.pop())
      for (const next of parts.get(way.at(-1)!) ?? []) {
        if (next === start) circles.set(start, [...way, start]);
        if (seen.has(next)) continue;
        seen.add(next);
        ways.push([...way, next]);
      }
  }
  return circles;
}

function inCircle(path: string, text: string, circle: readonly string[]): Problem {
  const message = `renders itself without end: ${circle.join(' -> ')}`;
  return { file: path, line: lineOfPart(text, circle[1]!), message };
}

/** Takes out the templates that render a broken one, directly or through others. */
function breakThoseAround(
  templates: Record<string, Template>,
  brokenTemplates: Broken[],
  files: ReadonlyMap<string, string>,
  texts: Texts,
): void {
  for (let before = -1; before !== brokenTemplates.length; ) {
    before = brokenTemplates.length;
    const broken = new Set(brokenTemplates.map(({ id }) => id));
    for (const { id, body } of Object.values(templates)) {
      const part = texts.partsOf(body).find(each => broken.has(each));
      if (part === undefined) continue;
      const file = `templates/${id}.md`;
      const message = `the template ${part}, which it renders, is broken`;
      brokenTemplates.push({
        id,
        problems: [{ file, line: lineOfPart(files.get(file)!, part), message, hint: 'crm template lint' }],
      });
      delete templates[id];
    }
  }
  brokenTemplates.sort((a, b) => byCodeUnits(a.id, b.id));
}

/** Returns the line of a template's file that names another template. */
function lineOfPart(text: string, part: string): number {
  const at = text.search(new RegExp(`render\\s+["']${part.replace(/[^\w-]/g, '.')}["']`));
  return at < 0 ? 1 : linesIn(text.slice(0, at)) + 1;
}

/** The YAML at the beginning of a template, between lines of `---`, and the text after it. */
export function frontMatter(text: string): { readonly head: string; readonly body: string } | undefined {
  const match = /^---\r?\n([\s\S]*?)(?:\r?\n)?---[ \t]*(?:\r?\n|$)([\s\S]*)$/.exec(text);
  return match ? { head: match[1]!, body: match[2]! } : undefined;
}

function readTemplate(
  path: string,
  text: string,
  config: Config,
  texts: Texts,
): { problems: Problem[]; front: Front; body: string } {
  const problems: Problem[] = [];
  const say = (line: number, message: string, hint?: string) =>
    problems.push({ file: path, line, message, ...(hint !== undefined && { hint }) });
  const foreign = notUtf8(text);
  if (foreign) say(foreign.line, foreign.message, foreign.hint);
  const parts = frontMatter(text);
  if (!parts) {
    say(1, 'is not a template: front matter with a subject, then the text', EXAMPLE);
    return { problems, front: { subject: '' }, body: '' };
  }
  const { head, body } = parts;
  const yaml = parseYaml(path, head);
  // The front matter begins on the second line.
  for (const problem of yaml.problems) problems.push({ ...problem, line: problem.line + 1 });
  const lineOf = (key: string) => yaml.lineOf([key]) + 1;
  const values = (yaml.value ?? {}) as { readonly [key: string]: unknown };
  const front = readFront(values, (key, message, hint) => {
    // If the templates could not be read, none is reported as missing.
    if (yaml.problems.length === 0) say(lineOf(key), message, hint);
  });
  const { mail, serve } = config;
  if (front.kind === 'campaign' && mail?.from === undefined && serve?.address === undefined)
    say(
      lineOf('kind'),
      'kind: a campaign needs a way to unsubscribe',
      'mail: { from: ... } in crm.yaml, or serve: { address: https://... }',
    );
  if (front.track && serve?.address === undefined)
    say(
      lineOf('track'),
      'track: opens and clicks are known only where crm serve has a public address',
      'serve: { address: https://... } in crm.yaml',
    );
  const bodyLine = linesIn(text.slice(0, text.length - body.length)) + 1;
  if (body.trim() === '') say(bodyLine, 'the text is empty');
  const isConfirmation = formConfirmedBy(serve, templateIn(path) ?? '') !== undefined;
  const knows = knownVariables(config, isConfirmation);
  const ofSubject = texts.check(front.subject, knows);
  if (ofSubject) say(lineOf('subject'), `subject: ${ofSubject.message}`, ofSubject.hint);
  const ofBody = texts.check(body, knows);
  if (ofBody) say(bodyLine + ofBody.line - 1, ofBody.message, ofBody.hint);
  return { problems, front, body };
}

const linesIn = (text: string): number => text.split('\n').length - 1;
