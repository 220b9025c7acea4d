/** The workspace that rules are tried in, and what a sweep of it says. */

/** When the tests begin: a Monday. */
export const NOW = '2026-09-14T08:00:00.000Z';
export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
/** So many ms after the time at which the tests begin. */
export const after = (ms: number): string => new Date(Date.parse(NOW) + ms).toISOString();

export interface Ran {
  readonly automation: string;
  readonly subject: string;
  readonly outcome: string;
  readonly steps: readonly { readonly step: string; readonly did: string }[];
}

export interface Sweep {
  readonly leftOut: readonly { automation: string; why: string; count: number; subjects: string[] }[];
  readonly code: number;
  readonly now: string;
  readonly tx: number | null;
  readonly events: number;
  readonly transitions: readonly { record: string; from: string; to: string; rule: number }[];
  readonly automations: readonly Ran[];
  readonly changes: Readonly<Record<string, number>>;
  readonly failures: readonly {
    automation: string | null;
    subject: string | null;
    step: string | null;
    error: string;
  }[];
}

/** `D1 completed`, in the order in which they ran. */
export const outcomes = (sweep: Sweep): string[] => sweep.automations.map(a => `${a.subject} ${a.outcome}`);

export const SETTINGS = `name: Test
timezone: UTC
currency: EUR
users:
  ana: { name: Ana Ruiz, email: ana@example.com, role: normal, signature: 'Ana, Acme' }
  ben: { name: Ben Bos, email: ben@example.com, role: normal }
  cat: { name: Cat Low, role: normal }
task-types: { call: { contact: true }, todo: {} }
fields:
  deal:
    product: { type: text }
    size: { type: number }
    level: { type: choice, options: [low, high] }
scores:
  default: { for: contact, rules: [{ when: 'event:form.submitted', points: 20 }] }
views: { big: { of: deals, query: 'value:>=1000' } }
`;

export const SALES = `name: Sales
entry: new
stages:
  - { id: new, name: New }
  - { id: proposal, name: Proposal }
  - { id: done, name: Done }
`;

export const HARDWARE = `name: Hardware
assign: { by: round-robin, among: [ben, ana] }
access: [ana, ben]
stages:
  - { id: new, name: New }
  - { id: shipped, name: Shipped }
`;
