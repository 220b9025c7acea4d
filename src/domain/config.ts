/** What the workspace's YAML says, checked and with defaults filled in. Plain JSON, so that it can be cached. */

import { memoBy } from './memo.ts';
import type { Automation, Broken, Template } from './automation.ts';
import type { DateOrder } from './dates.ts';
import type { MailSettings, NotifyBy } from './mail-settings.ts';
import type { Kind, Kinds } from './kinds.ts';
import type { ServeSettings } from './serve-settings.ts';
import type { WebhookSettings } from './webhook-settings.ts';
import type { Holidays } from './workdays.ts';

export const roles = ['admin', 'manager', 'normal', 'restricted'] as const;
export type Role = (typeof roles)[number];

/** A number that holds from a day on, until the next one of the list; the earliest first. */
export type ByDay = readonly { readonly from: string; readonly amount: string }[];

/** The value of deals that a user is to win in a month, quarter or year: decimals in the workspace's currency. */
export interface Quota {
  readonly month?: ByDay;
  readonly quarter?: ByDay;
  readonly year?: ByDay;
}

export interface User {
  readonly id: string;
  readonly name: string;
  readonly email?: string;
  readonly role: Role;
  readonly active: boolean;
  readonly signature?: string;
  readonly quota?: Quota;
  /** When the user is away, as `parseAbsence` reads it. */
  readonly away?: string;
  /** How a rule notifies them beside the inbox; left out: only by the inbox. */
  readonly notify?: NotifyBy;
}

export interface TaskType {
  readonly id: string;
  /** Whether closing such a task was a contact with the customer. */
  readonly contact: boolean;
}

export const customFieldTypes = [
  'text',
  'number',
  'money',
  'date',
  'boolean',
  'choice',
  'choices',
  'link',
  'handle',
] as const;
export type CustomFieldType = (typeof customFieldTypes)[number];

export interface CustomField {
  readonly name: string;
  readonly type: CustomFieldType;
  readonly label?: string;
  readonly options?: readonly string[];
}

export interface ScoreRule {
  readonly when: string;
  readonly points: number;
  /** Milliseconds after which the points are gone. */
  readonly expires?: number;
  readonly line: number;
}

export interface Score {
  readonly id: string;
  readonly for: 'contact' | 'deal';
  readonly rules: readonly ScoreRule[];
}

export interface View {
  readonly id: string;
  readonly of: string;
  readonly query: string;
  /** Where it stands in crm.yaml. */
  readonly line: number;
}

/** The group of stages for contacts who are not customers: a deal that moves there was left without an answer. */
export const NOT_CUSTOMERS = 'not-customers';

/** How sure a forecast may be of the deals in a stage. */
export const forecastCategories = ['commit', 'best-case', 'pipeline', 'omitted'] as const;
export type ForecastCategory = (typeof forecastCategories)[number];

export interface Stage {
  readonly id: string;
  readonly name: string;
  readonly group?: string;
  readonly color?: string;
  /** Percent. */
  readonly probability?: number;
  /** Left out: pipeline. */
  readonly forecast?: ForecastCategory;
  /** Milliseconds in the stage after which a deal is rotting. */
  readonly rotting?: number;
  /** The fields that a deal must have to enter it. */
  readonly requires?: readonly string[];
  readonly card?: readonly string[];
}

export interface Transition {
  readonly to: string;
  /** Stage ids and `group:NAME`; left out: from any stage. */
  readonly from?: readonly string[];
  /** A query; left out: always. */
  readonly when?: string;
  /** Where it stands in the pipeline's file. */
  readonly line: number;
}

export const assignments = ['round-robin', 'round-robin-value', 'least-busy', 'none'] as const;
export type AssignBy = (typeof assignments)[number];
/** Ways for a rule to choose one of a pipeline's users; `auto` is the pipeline's own. */
export const waysToAssign: readonly string[] = ['auto', ...assignments.filter(by => by !== 'none')];

export interface Assign {
  readonly by: AssignBy;
  /** User ids and `team:NAME`. */
  readonly among: readonly string[];
}

/** The fields on a card of the board unless the pipeline's file names others; the board adds the customer. */
export const defaultCard: readonly string[] = ['title', 'value', 'owner', 'next-action'];

export interface Pipeline {
  readonly id: string;
  readonly name: string;
  readonly currency: string;
  readonly assign: Assign;
  /** The ids of users with access; left out: everyone. */
  readonly access?: readonly string[];
  readonly card: readonly string[];
  /** Where new deals start. */
  readonly entry: string;
  /** What a deal must have: contact, account. */
  readonly requires: readonly string[];
  /** The reasons for which deals may be lost; left out: those of the workspace, or any text. */
  readonly lostReasons?: readonly string[];
  /** Whether a deal may be lost only with a reason. */
  readonly requiresReason?: boolean;
  readonly stages: readonly Stage[];
  readonly transitions: readonly Transition[];
}

export interface Config {
  /** The kinds of record that the program knows. They are not a part of the files, and not cached with them. */
  readonly kinds: Kinds;
  readonly name: string;
  readonly timezone: string;
  readonly currency: string;
  /** The language, with a region if it matters, whose date formats people type: `nl`, `en-US`. */
  readonly locale?: string;
  /** The order of dates in that locale; undefined if the locale does not tell it. */
  readonly dateOrder?: DateOrder;
  /** The month, 1 to 12, in which years begin; left out: January. */
  readonly yearStart?: number;
  /** What one unit of a currency is worth in the workspace's currency. */
  readonly rates?: { readonly [currency: string]: ByDay };
  /** The reasons for which deals may be lost; left out: any text. */
  readonly lostReasons?: readonly string[];
  /** The country, by its ISO code, of phone numbers that are typed without one: `US`. */
  readonly country?: string;
  /** How mail leaves and enters; left out: e-mails are filed, from a placeholder address. */
  readonly mail?: MailSettings;
  readonly users: { readonly [id: string]: User };
  readonly teams: { readonly [id: string]: readonly string[] };
  /** Days on which nobody works, as crm.yaml has them. */
  readonly holidays: Holidays;
  readonly taskTypes: { readonly [id: string]: TaskType };
  /** Custom fields by kind: see `customFieldsOf`. */
  readonly fields: { readonly [kind: Kind]: readonly CustomField[] };
  readonly scores: readonly Score[];
  readonly views: readonly View[];
  readonly imports: { readonly [name: string]: unknown };
  /** The settings of webhooks in crm.yaml; undefined if it has none. */
  readonly webhooks?: WebhookSettings;
  /** What `crm serve` takes in; undefined if crm.yaml has no `serve:`. */
  readonly serve?: ServeSettings;
  /** In the order of their file names; the first is the default. */
  readonly pipelines: readonly Pipeline[];
  /** In the order of their file names; broken ones are not among them. */
  readonly automations: readonly Automation[];
  readonly broken: readonly Broken[];
  /** Rules and tables that run, but may loop. */
  readonly warnings: readonly Broken[];
  readonly templates: { readonly [id: string]: Template };
  readonly brokenTemplates: readonly Broken[];
}

/** Returns settings without a workspace, for questions that do not depend on one. */
export const noSettings = memoBy((kinds: Kinds): Config => ({ kinds, ...nothingSet }));

const nothingSet: Omit<Config, 'kinds'> = {
  name: '',
  timezone: 'UTC',
  currency: 'EUR',
  users: {},
  teams: {},
  holidays: [],
  taskTypes: {},
  fields: {},
  scores: [],
  views: [],
  imports: {},
  pipelines: [],
  automations: [],
  broken: [],
  warnings: [],
  templates: {},
  brokenTemplates: [],
};

/** Returns the fields that the workspace adds to a kind. */
export const customFieldsOf = ({ fields }: Pick<Config, 'fields'>, kind: Kind): readonly CustomField[] =>
  fields[kind] ?? [];

export const pipelineOf = (config: Config, id: string): Pipeline | undefined =>
  config.pipelines.find(p => p.id === id);

export const stageOf = (pipeline: Pipeline | undefined, id: string): Stage | undefined =>
  pipeline?.stages.find(s => s.id === id);

/** The ids of the users that a list of users and `team:NAME` names, in its order, each once. */
export function usersAmong(config: Config, among: readonly string[]): string[] {
  return [
    ...new Set(
      among.flatMap(name => (name.startsWith('team:') ? (config.teams[name.slice(5)] ?? []) : [name])),
    ),
  ];
}
