/**
 * Tries the texts of templates, rules and signatures before a sweep does: renders each for a made-up record with
 * every field, for one without any, and for a real one. A failure with the first or the last is an error; an empty
 * value with the second is a warning, because the rule may never meet such a record.
 */
import { type Automation, type SubjectKind, subjectKinds, type Template } from '../../domain/automation.ts';
import type { Config } from '../../domain/config.ts';
import { bareSample, fullSample, sampleProps } from '../../engine/texts/sample-data.ts';
import { type Rendering, textSource } from '../../engine/texts/text-data.ts';
import {
  hasLiquid,
  type MarkedText,
  TextError,
  type TextSource,
  type TrialProblem,
} from '../../engine/texts/texts.ts';
import { definitionOf } from '../../kinds/define.ts';
import { parseYaml, type Problem, type YamlFile } from '../../store/yaml/yaml.ts';
import { hashOfAttached } from '../../store/disk/attached-file.ts';
import { frontMatter } from '../core/read-templates.ts';
import type { View } from '../core/view.ts';
import type { Workspace } from '../core/workspace.ts';
import { exampleLinkOf, withLink } from './confirmations.ts';
import { loadTexts } from './languages.ts';

export interface LintedTexts {
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
}

/** What the texts are tried with. */
export interface ToTry {
  readonly templates: readonly string[];
  readonly automations: readonly string[];
  readonly users: readonly string[];
  /** Whether a path below `files/` has a file that can be attached. */
  hasFile(path: string): boolean;
}

/** A text, its place, and the records that certainly exist when it is rendered. */
interface Placed {
  readonly file: string;
  readonly line: number;
  /** Its name in messages: `subject`, `title`; the text of a template has no name. */
  readonly name: string | undefined;
  readonly text: string;
  readonly kinds: ReadonlySet<SubjectKind>;
  /** The link that it has, if it is the mail by which a form asks for confirmation. */
  readonly link?: string | undefined;
}

/** Returns what is wrong with the texts of a workspace that has these files. */
export async function lintTexts(
  view: View,
  files: ReadonlyMap<string, string>,
  { templates, automations, users, hasFile }: ToTry,
): Promise<LintedTexts> {
  const { config, clock } = view;
  const rendering: Rendering = { texts: await loadTexts(config), now: clock.now };
  const texts: Placed[] = [
    ...templates.flatMap(id =>
      textsOfTemplate(id, files).map(each => ({ ...each, link: exampleLinkOf(config, id) })),
    ),
    ...automations.flatMap(id => {
      const rule = config.automations.find(each => each.id === id);
      return rule ? textsOfRule(rule, config, files) : [];
    }),
    ...users.flatMap(id => signatureOf(id, config, files)),
  ];
  const trial = new Trial(config, rendering, realSource(view, rendering));
  const found = texts.filter(({ text }) => hasLiquid(text)).flatMap(each => trial.of(each));
  const ofMails: Problem[] = [];
  for (const id of templates)
    ofMails.push(
      ...(await problemsOfMail(config.templates[id]!, files, trial, {
        hasFile,
        link: exampleLinkOf(config, id),
      })),
      ...problemsOfCampaign(config.templates[id]!, config),
    );
  return {
    problems: [...found.filter(each => !each.isWarning).map(({ problem }) => problem), ...ofMails],
    warnings: found.filter(each => each.isWarning).map(({ problem }) => problem),
  };
}

/** Returns a test of whether a workspace has a file that can be attached. */
export const attachedFilesOf =
  ({ world, store }: Workspace) =>
  (path: string): boolean =>
    hashOfAttached(world.io, store.dir, path) !== undefined;

interface Found {
  readonly problem: Problem;
  readonly isWarning: boolean;
}

class Trial {
  readonly #config: Config;
  readonly #rendering: Rendering;
  readonly #full: readonly TextSource[];
  readonly #real: { readonly id: string; readonly source: TextSource } | undefined;

  constructor(config: Config, rendering: Rendering, real: { id: string; source: TextSource } | undefined) {
    this.#config = config;
    this.#rendering = rendering;
    this.#full = sampleProps.map(prop => ({ all: fullSample(config, rendering, prop) }));
    this.#real = real;
  }

  of({ file, line, name, text, kinds, link }: Placed): Found[] {
    const found = (wrong: TrialProblem, isWarning: boolean, of: string): Found => ({
      isWarning,
      problem: {
        file,
        line: line + (name === undefined ? wrong.line - 1 : 0),
        message: `${name === undefined ? '' : `${name}: `}${wrong.message.replace('this record', of)}`,
      },
    });
    const full = this.#onFull(text, link);
    if (full) return [found(full, full.isEmpty || isOfProps(text), 'a record with every field')];
    const real = this.#real && this.#try(text, withLink(this.#real.source, link), false);
    if (real && !real.isEmpty) return [found(real, false, this.#real!.id)];
    const bare = this.#try(
      text,
      withLink({ all: bareSample(this.#config, this.#rendering, kinds) }, link),
      false,
    );
    return bare ? [found(bare, bare.isEmpty, 'a record without it')] : [];
  }

  /** Renders a text for the record with every field; undefined if that is not possible. */
  onFull(text: string, link: string | undefined): MarkedText | undefined {
    const { texts, now } = this.#rendering;
    try {
      return texts.renderMarked(text, withLink(this.#full[0]!, link), now);
    } catch (error) {
      if (error instanceof TextError) return undefined;
      throw error;
    }
  }

  /** Returns what goes wrong with every field filled in, in any branch, for any properties of the event. */
  #onFull(text: string, link: string | undefined): TrialProblem | undefined {
    const sources = this.#full.map(source => withLink(source, link));
    const tried = sources.map(source => this.#try(text, source, true) ?? this.#try(text, source, false));
    return tried.includes(undefined) ? undefined : tried[0];
  }

  #try(text: string, source: TextSource, everyBranch: boolean): TrialProblem | undefined {
    const { texts, now } = this.#rendering;
    return texts.trial(text, source, now, everyBranch);
  }
}

/** Finds what is wrong with a template as a mail: missing files, and links and images that a mail cannot have. */
async function problemsOfMail(
  { id, body, attachments = [], images = [] }: Template,
  files: ReadonlyMap<string, string>,
  trial: Trial,
  { hasFile, link }: Pick<ToTry, 'hasFile'> & Pick<Placed, 'link'>,
): Promise<Problem[]> {
  const file = `templates/${id}.md`;
  const text = files.get(file) ?? '';
  const lineWith = (target: string) => {
    const at = text.indexOf(target);
    return at < 0 ? 1 : text.slice(0, at).split('\n').length;
  };
  const missing = [...new Set([...attachments, ...images])].filter(path => !hasFile(path));
  const { mailHtml } = await import('../../channels/mail-html.ts');
  const rendered = trial.onFull(body, link);
  const refused = rendered ? (await mailHtml(rendered, () => true)).refused : [];
  return [
    ...missing.map(path => ({
      file,
      line: lineWith(path),
      message: `there is no file ${path} of at most 25 MB`,
      hint: 'put it there',
    })),
    // A target that contains a value is known only when the mail is sent.
    ...[...new Set(refused)]
      .filter(target => body.includes(target))
      .map(target => ({
        file,
        line: lineWith(target),
        message: `${JSON.stringify(target)} cannot be linked to or shown in a mail`,
        hint: 'links: https://, mailto:, tel:; images: ![logo](files/logo.png)',
      })),
  ];
}

/** The types of an event's properties are unknown, so a text that fails with every type that is tried may still work. */
const isOfProps = (text: string): boolean => /\bevent\.props\b/.test(text);

/** Returns a record that the viewer sees, with its related records: the newest deal, else the newest contact or account. */
function realSource(view: View, rendering: Rendering): { id: string; source: TextSource } | undefined {
  for (const kind of subjectKinds) {
    const table = view.state.table(kind);
    for (const row of table.rows === 0 ? [] : table.liveRows().toReversed()) {
      if (!view.sees(kind, row)) continue;
      const id = table.id(row);
      const lens = { sees: (each: string) => view.seesId(each), named: () => undefined };
      return { id, source: textSource(view.state, { subject: id }, rendering, lens) };
    }
  }
  return undefined;
}

/** A template may be sent about any record; it goes to a contact. */
const forTemplates: ReadonlySet<SubjectKind> = new Set(['deal', 'contact', 'task']);

function textsOfTemplate(id: string, files: ReadonlyMap<string, string>): Placed[] {
  const file = `templates/${id}.md`;
  const text = files.get(file) ?? '';
  const { head, body } = frontMatter(text) ?? { head: '', body: '' };
  const front = parseYaml(file, head);
  const { subject } = (front.value ?? {}) as { readonly subject?: unknown };
  const line = text.slice(0, text.length - body.length).split('\n').length;
  return [
    {
      file,
      line: front.lineOf(['subject']) + 1,
      name: 'subject',
      text: typeof subject === 'string' ? subject : '',
      kinds: forTemplates,
    },
    { file, line, name: undefined, text: body, kinds: forTemplates },
  ];
}

function signatureOf(id: string, { users }: Config, files: ReadonlyMap<string, string>): Placed[] {
  const { signature } = users[id] ?? {};
  if (signature === undefined) return [];
  const line = parseYaml('crm.yaml', files.get('crm.yaml') ?? '').lineOf(['users', id, 'signature']);
  return [{ file: 'crm.yaml', line, name: 'signature', text: signature, kinds: new Set() }];
}

/** Returns all texts in the steps of a rule, with their places. */
function textsOfRule(rule: Automation, config: Config, files: ReadonlyMap<string, string>): Placed[] {
  const file = `automations/${rule.id}.yaml`;
  const yaml = parseYaml(file, files.get(file) ?? '');
  const { steps } = (yaml.value ?? {}) as { readonly steps?: unknown };
  const kinds = kindsThere(rule, config);
  return [...textsIn(steps, ['steps'], yaml)].map(each => ({ file, kinds, ...each }));
}

function* textsIn(
  value: unknown,
  path: readonly PropertyKey[],
  yaml: YamlFile,
): Generator<Pick<Placed, 'line' | 'name' | 'text'>> {
  if (typeof value === 'string') {
    const name = path.findLast(key => typeof key === 'string');
    yield { line: yaml.lineOf(path), name: String(name), text: value };
  } else if (typeof value === 'object' && value !== null)
    for (const [key, item] of Object.entries(value))
      yield* textsIn(item, [...path, Array.isArray(value) ? Number(key) : key], yaml);
}

/** Returns the records that exist whenever a rule runs: its subject, those that its steps add, and those that every deal must have. */
function kindsThere(rule: Automation, config: Config): ReadonlySet<SubjectKind> {
  const said = JSON.stringify(rule.steps);
  const kinds = new Set<SubjectKind>([rule.for]);
  for (const kind of subjectKinds) if (said.includes(`"add-${kind}"`)) kinds.add(kind);
  const isDeal = definitionOf(config.kinds, rule.for).inPipelines;
  for (const kind of ['contact', 'account'] as const)
    if (isDeal && config.pipelines.every(each => each.requires.includes(kind))) kinds.add(kind);
  if (said.includes('"to":"contact"')) kinds.add('contact');
  return kinds;
}

/** Finds a campaign that nobody can unsubscribe from. */
function problemsOfCampaign({ id, kind }: Template, { mail, serve }: Config): Problem[] {
  if (kind !== 'campaign' || mail?.from !== undefined || serve?.address !== undefined) return [];
  return [
    {
      file: `templates/${id}.md`,
      line: 1,
      message: 'a campaign needs a way to unsubscribe, and there is none',
      hint: 'mail: { from: ... } in crm.yaml takes it by mail, serve: { address: https://... } by a page of crm serve',
    },
  ];
}
