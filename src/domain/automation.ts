/** A rule as its YAML says it, checked: what starts it, for whom, and what it does. Plain JSON, so that it can be cached. */

export const subjectKinds = ['deal', 'contact', 'account', 'task'] as const;
export type SubjectKind = (typeof subjectKinds)[number];

/** The parameters of a trigger or step, as they were written. */
export interface Params {
  readonly [name: string]: unknown;
}

export interface TriggerSpec {
  readonly type: string;
  readonly params: Params;
  /** A query on the record that the trigger saw. */
  readonly where?: string;
}

export interface StepSpec {
  /** Its label, else its place and kind: `3.then.1.add-task`. What an enrolment remembers. */
  readonly id: string;
  readonly type: string;
  readonly params: Params;
  readonly then?: readonly StepSpec[];
  readonly else?: readonly StepSpec[];
}

export interface Automation {
  readonly id: string;
  readonly name: string;
  readonly enabled: boolean;
  /** The kind of its subjects. */
  readonly for: SubjectKind;
  readonly on: readonly TriggerSpec[];
  readonly runs: 'once' | 'every-time';
  /** The most enrolments of one subject in a time, for a rule that runs every time. */
  readonly limit: { readonly count: number; readonly per: number };
  /** Whether a subject may be enrolled again while it is still enrolled. */
  readonly overlap: boolean;
  /** How many generations of records its work may lead to if no person starts it; left out: 1. */
  readonly generations?: number;
  /** A query on the subject. */
  readonly where?: string;
  readonly steps: readonly StepSpec[];
}

/** What is wrong with the file of a rule or a template. Only that rule or template is left out. */
export interface Broken {
  readonly id: string;
  readonly problems: readonly {
    readonly file: string;
    readonly line: number;
    readonly message: string;
    readonly hint?: string;
  }[];
}

/**
 * Why an e-mail is written. `one-to-one`: one person writes to another. `transactional`: the recipient must know it, also
 * after unsubscribing. `campaign`: advertising, for those who agreed to it.
 */
export const mailKinds = ['one-to-one', 'transactional', 'campaign'] as const;
export type MailKind = (typeof mailKinds)[number];

/** An e-mail template: what its front matter says, and a Liquid body in Markdown. */
export interface Template {
  readonly id: string;
  readonly subject: string;
  readonly body: string;
  /** Why its e-mails are written; left out: one-to-one. */
  readonly kind?: MailKind;
  /** Files that are attached, by path: `files/price-list.pdf`. */
  readonly attachments?: readonly string[];
  /** Files that its text, or a template that it renders, shows as images. */
  readonly images?: readonly string[];
  /** Whether opens and clicks are recorded. */
  readonly track?: true;
  /** An address, with or without a name. */
  readonly replyTo?: string;
  /** When its e-mails may leave, instead of what `mail:` says: a text that `parseSendingHours` reads. */
  readonly send?: string;
}

/** The id of the rule that a file has; the cases of its tests are beside it, in `<id>.test.yaml`. */
export const automationIn = (path: string): string | undefined =>
  /^automations\/([^/]+?)(?<!\.test)\.yaml$/.exec(path)?.[1];

/** The id of the rule whose test cases a file has. */
export const testedIn = (path: string): string | undefined =>
  /^automations\/([^/]+)\.test\.yaml$/.exec(path)?.[1];
