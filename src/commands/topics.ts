/** What `crm help TOPIC` says; of that on automations, a part may be asked for. */
export const topics: Readonly<Record<string, (part?: string) => Promise<string>>> = {
  query: async () => `Queries, the same in lists, bulk changes, views, transitions and rules

  stage:proposal owner:ana,ben value:1000..5000 close:<eom tag:vip "office chairs" is:open

Terms are ANDed. not binds tighter than AND, AND tighter than or; parentheses group; not:tag:cold negates one
term; a comma means any of. Bare words and "phrases" search titles, names, descriptions and notes, without regard
to case or accents; deals also by the names, addresses and phones of their contacts and account, contacts by their
addresses and phones: deal list patel, contact list '(212) 555-1234'. "" inside a phrase is a quote: "12"" vinyl".

  field:value              equal; on texts: contains, and field:=value equals
  field:>v >= < <=         compared; field:a..b a range, both ends included
  field.over:v .under:v    the same for shells, where < and > need quotes; .after:d and .before:d for dates
  has:field  no:field      has a value or not; has:task, activity, deal, invoice, ...
  is:open won lost overdue rotting
  contact.FIELD account.FIELD   of the deal's contact or account; deal.FIELD of a task's or invoice's deal
  event:NAME  event:NAME@30d    an event of the deal's contacts, ever or within the last 30 days
  me, none                 the acting user, nobody
  @name                    a saved view
  email emails             of contacts: the primary one, all; so phone phones, account accounts, domain domains
  phone:2125551234         a number however it was typed (country: US in crm.yaml), or digits in a row of it

Fields of deals: id title text value currency pipeline stage group status owner contact account tag contact-tag
score created updated close closed idle stage-age tasks.open tasks.done tasks.overdue next-action invoices.paid
external-id, and every custom field by its name. Contacts and deals also have score.NAME for each score. Contacts and
accounts have the same where it makes sense, and deals.open deals.won deals.lost, deals.value (of their open and won
deals, summed per currency: a comparison holds if it does in one of the currencies).
`,
  dates: async () => `Dates, times and durations: the whole list, the same wherever one is taken

Days
  \`2026-12-01\`  \`2026/12/01\`
  \`today\` \`tomorrow\` \`yesterday\`
  \`monday\` ... \`sunday\`, \`mon\` ... \`sun\`, \`next friday\`  the first after today; with --at, --since and for what
                        happened (closed, paid, issued), monday is the last one before today
  \`last friday\`         the last one before today
  \`eow\` \`eom\` \`eoq\` \`eoy\`     the end of this week (Sunday), month, quarter, year
  \`+2d\` \`-30d\` \`+2w\` \`+1m\` \`+1mo\` \`+1y\`, \`in 3 days\` \`in 2 weeks\` \`in 1 month\` \`in 1 year\`, \`3 days ago\`
                        on the calendar; a month that is too short gives its last day
  \`3 dec\` \`dec 3\` \`3 december\`   the next one; with --at, --since and for what happened the last one; in a query
                        the nearest. With its year: \`3 dec 2026\` \`dec 3, 2026\` \`3-dec-2026\`
  \`31/12/2026\` \`31-12-2026\` \`31.12.2026\` \`31/12/26\`   in the order of the workspace's locale (locale: en-GB in
                        crm.yaml); without a locale refused, as 3/4/2026 would be two days

Times, where an instant or a task's due is set, and in queries on instants
  \`14:30\`               today; after any day: \`yesterday 14:30\` \`next friday 9:00\` \`2026-12-01 14:30\`
  \`2026-05-03T14:20:00Z\` \`2026-05-03T14:20+02:00\` \`now\`
A day where an instant is wanted is its midnight. Other days have no time of day.

Periods, in queries: the whole of it
  \`2026\` \`2026-12\` \`2026Q3\` \`2026-Q3\`
  \`this-week\` \`last-week\` \`next-week\`, \`this-month\` ..., \`last-quarter\` ..., \`next-year\` ...
  close:today..eom      a range, both ends included; quotes where there are spaces: close:"3 dec".."in 3 weeks"

Durations, for idle, stage-age, waits and @30d: exact multiples of 24 hours, whatever the clocks do
  30min 6h 14d 2w, 3mo (30 days each), 1y (365 days)

Workdays, of "on: workdays" in a wait and of tasks that repeat on workdays, are Monday to Friday without the
holidays in crm.yaml, holidays: [2026-12-25, 01-01], each a day alone or one of every year.

Days are in the time zone of the workspace (timezone in crm.yaml). The clock is --now or CRM_NOW where given.
When clocks go back, a time that comes twice is the first; when they skip it, it is the end of the skip.

Cron expressions (crm help automations schedule) where clocks change
  '30 2 * * *'          a fixed time comes once on its day: the first of two; the end of the skip where it is skipped
  '0 9 ? * mon'         ? is the same as *; where a day of the month and a weekday are given, either is enough
  '*/15 * * * *'        a minute or hour that begins with * runs in real time: twice through an hour that comes twice,
                        and not through one that is skipped
A sweep fires the last missed time alone.
`,
  automations: async part => (await import('./automations-topic.ts')).automationsTopic(part),
  tests: async () => (await import('./tests-topic.ts')).testsTopic(),
  templates: async () => (await import('./templates-topic.ts')).templatesTopic(),
  files: async () => `Files of a workspace

  crm.yaml                name, timezone, currency, holidays, users and teams, task types, custom fields, scores, views
  pipelines/<id>.yaml     stages in order, transitions, assignment, access
  automations/<id>.yaml   rules, each with the cases that test it in <id>.test.yaml
  templates/<id>.md       e-mail templates
  data/                   the records: *.jsonl as of a transaction, journal/ the truth
  .crm/                   the lock, and what a killed command had still to write

Caches are not in there: $XDG_CACHE_HOME/crm has them (~/.cache/crm). Deleting them loses nothing.

Changes of YAML files, by hand or by command, are part of the history and can be undone; crm undo
takes back what was written by hand only when its transaction is named, and says which that is. A
command changes the lines of its entry and no others. What records use, live or in the trash, no
command takes out: --move-to or --successor says what they get instead. Files are UTF-8; one that is not is never edited by a command.
`,
  'exit-codes': async () => `Exit codes

  0    done, also for an empty list
  1    something failed or is not allowed
  2    usage; or an answer is needed and there is nobody to ask
  3    not found: a record, a file, the workspace
  4    conflict: ambiguous key, lock not obtained, changed meanwhile, a request id used for another command
  5    the workspace's data or YAML is invalid (file:line)
  70   a bug in crm
  130  interrupted, or answered "no"

With --json an error is one line on stderr: {"error":{"code":...,"message":...,"hint":...}}
`,
  environment: async () => `Environment

  CRM_DIR          the workspace, where -C is not given; it may belong to another user
  CRM_USER         who acts, where --as is not given; else user: in $XDG_CONFIG_HOME/crm/config.yaml, else the login name
  CRM_NOW          the time to act at, where --now is not given
  CRM_NO_INPUT     never ask (so does CI)
  CRM_REQUEST_ID   as --request-id
  CRM_NO_DELIVER   crm run leaves in the outbox what is queued, as with --no-deliver
  CRM_FORMAT       how lists and records are printed, where --json, --format and -q are not given; exports have their own
  CRM_EDITOR       what edit opens; else VISUAL, else EDITOR
  CRM_DEBUG        show where a bug happened
  NO_COLOR         no colours
`,
};
