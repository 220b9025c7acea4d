/** What `crm help TOPIC` says; of that on automations, a part may be asked for. */
export const topics: Readonly<Record<string, (part?: string) => Promise<string>>> = {
  query: async () => `Queries, the same in lists, bulk changes, views, transitions and rules

  stage:proposal owner:ana,ben value:1000..5000 close:<eom tag:vip "office chairs" is:open

Terms are ANDed. not binds tighter than AND, AND tighter than or; parentheses group; not:tag:cold negates one
term; a comma means any of. Bare words and "phrases" search titles, names, descriptions and notes, without regard
to case or accents.

  field:value              equal; on texts: contains, and field:=value equals
  field:>v >= < <=         compared; field:a..b a range, both ends included
  field.over:v .under:v    the same for shells, where < and > need quotes; .after:d and .before:d for dates
  has:field  no:field      has a value or not; has:task, activity, deal, invoice, ...
  is:open won lost overdue rotting
  contact.FIELD account.FIELD   of the deal's contact or account; deal.FIELD of a task's or invoice's deal
  event:NAME  event:NAME@30d    an event of the deal's contacts, ever or within the last 30 days
  me, none                 the acting user, nobody
  @name                    a saved view

Fields of deals: id title text value currency pipeline stage group status owner contact account tag contact-tag
score created updated close closed idle stage-age tasks.open tasks.done tasks.overdue next-action invoices.paid
external-id, and every custom field by its name. Contacts and deals also have score.NAME for each score. Contacts and
accounts have the same where it makes sense, and deals.open deals.won deals.lost, deals.value (of their open and won
deals, summed per currency: a comparison holds if it does in one of the currencies).
`,
  dates: async () => `Dates and durations

  days        2026-12-01 today tomorrow yesterday monday eow eom eoq eoy +2d -30d +2w +1m +1y
  periods     2026-12, 2026Q3, 2026: in queries the whole of it
  instants    2026-05-03T14:20:00Z; a day where an instant is wanted is its midnight
  durations   6h 14d 2w: exact multiples of 24 hours, for idle, stage-age, waits and @30d

Days are in the time zone of the workspace (timezone in crm.yaml). The clock is --now or CRM_NOW where given.
`,
  automations: async part => (await import('./automations-topic.ts')).automationsTopic(part),
  tests: async () => (await import('./tests-topic.ts')).testsTopic(),
  files: async () => `Files of a workspace

  crm.yaml                name, timezone, currency, users and teams, task types, custom fields, scores, views
  pipelines/<id>.yaml     stages in order, transitions, assignment, access
  automations/<id>.yaml   rules, each with the cases that test it in <id>.test.yaml
  templates/<id>.md       e-mail templates
  data/                   the records: *.jsonl as of a transaction, journal/ the truth
  .crm/                   the lock, and what a killed command had still to write

Caches are not in there: $XDG_CACHE_HOME/crm has them (~/.cache/crm). Deleting them loses nothing.

Changes of YAML files, by hand or by command, are part of the history and can be undone.
`,
  'exit-codes': async () => `Exit codes

  0    done, also for an empty list
  1    something failed or is not allowed
  2    usage; or an answer is needed and there is nobody to ask
  3    not found: a record, a file, the workspace
  4    conflict: ambiguous key, lock not obtained, changed meanwhile
  5    the workspace's data or YAML is invalid (file:line)
  70   a bug in crm
  130  interrupted, or answered "no"

With --json an error is one line on stderr: {"error":{"code":...,"message":...,"hint":...}}
`,
  environment: async () => `Environment

  CRM_DIR          the workspace, where -C is not given
  CRM_USER         who acts, where --as is not given
  CRM_NOW          the time to act at, where --now is not given
  CRM_NO_INPUT     never ask (so does CI)
  CRM_REQUEST_ID   as --request-id
  CRM_EDITOR       what edit opens; else VISUAL, else EDITOR
  CRM_DEBUG        show where a bug happened
  NO_COLOR         no colours
`,
};
