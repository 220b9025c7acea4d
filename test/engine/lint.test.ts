/** What is wrong with a rule is said with its file and line, and the nearest right word; and only that rule is left out. */
import { expect, test } from 'vitest';
import { Rules } from './rules.ts';

interface Problem {
  readonly file: string;
  readonly line: number;
  readonly message: string;
  readonly hint: string | null;
}

const good = 'for: deal\non: created\nsteps: [{ add-note: hello }]\n';
const head = 'for: deal\non: created\nsteps:\n';
const contact = 'for: contact\non: created\nsteps:\n';

const on = (trigger: string): string =>
  `for: deal\non: { ${trigger} }\nsteps: [{ add-note: hello }]\n`.replace('{ date }', 'date');

/** Name, the rule, and what is said of it: line, message and hint. */
const mistakes: readonly (readonly [
  name: string,
  text: string,
  line: number,
  message: string | RegExp,
  hint: string | RegExp | null,
])[] = [
  // the rule
  ['a key', `${good}run: once\n`, 4, 'unknown key "run"', 'did you mean runs?'],
  [
    'no rule',
    '- a\n- b\n',
    1,
    'is not a rule: a map with for, on and steps is expected',
    'crm help automations',
  ],
  ['no kind', 'on: created\nsteps: [stop]\n', 1, 'for is missing', 'deal, contact, account, task'],
  ['a kind', good.replace('deal', 'deals'), 1, 'for: unknown kind "deals"', 'deal, contact, account, task'],
  ['runs', `runs: twice\n${good}`, 1, 'runs: unknown value "twice"', 'once or every-time'],
  [
    'too many steps, branches included',
    `${head}${'  - if: is:open\n    then: [stop]\n'.repeat(500)}  - add-note: last\n`,
    1004,
    'a rule has at most 1000 steps',
    'start: { automation: ID } goes on in another rule',
  ],
  ['a limit', `${good}limit: 10 a day\n`, 4, 'limit: "10 a day" is not a limit', 'for example 10 per 24h'],
  [
    'a limit of nothing',
    `limit: 0 per 1d\n${good}`,
    1,
    'limit: "0 per 1d" is not a limit',
    'for example 10 per 24h',
  ],
  ['a limit without a time', `limit: 5\n${good}`, 1, 'limit: 5 is not a limit', 'for example 10 per 24h'],
  ['a flag', `${good}enabled: on\n`, 4, 'enabled: "on" is neither true nor false', null],
  [
    'where',
    `${good}where: 'stag:new'\n`,
    4,
    'stag:new: unknown field "stag" of deals',
    'did you mean stage?',
  ],
  [
    'a value in where',
    `${good}where: 'stage:propsal'\n`,
    4,
    'stage:propsal: unknown stage "propsal"',
    'did you mean proposal?',
  ],
  ['syntax in where', `where: 'stage:('\n${good}`, 1, /.+/, /.*/],
  ['me', `where: 'owner:me'\n${good}`, 1, 'owner:me: nobody asks a rule, so me is nobody', null],
  // triggers
  ['no trigger', 'for: deal\nsteps: [stop]\n', 1, 'on is missing: what starts the rule', /^created, /],
  ['a trigger', good.replace('created', 'create'), 2, 'unknown trigger "create"', 'did you mean created?'],
  ['a far trigger', good.replace('created', 'zzz'), 2, 'unknown trigger "zzz"', /^triggers: created, /],
  [
    'a parameter',
    `for: deal\non:\n  - enters-stage: { stage: new, pipline: hardware }\n${good.split('\n')[2]}`,
    3,
    'unknown key "pipline"',
    'did you mean pipeline?',
  ],
  ['no stage', good.replace('created', 'enters-stage'), 2, 'stage is missing', 'the stage'],
  [
    'a stage',
    good.replace('created', '{ enters-stage: { stage: propsal } }'),
    2,
    'stage: unknown stage "propsal"',
    'did you mean proposal?',
  ],
  [
    'a stage of another pipeline',
    good.replace('created', '{ enters-stage: { pipeline: hardware, stage: proposal } }'),
    2,
    'stage: unknown stage "proposal"',
    'stages: new, shipped',
  ],
  [
    'a pipeline',
    good.replace('created', '{ enters-pipeline: { pipeline: hardwear } }'),
    2,
    'pipeline: unknown pipeline "hardwear"',
    'did you mean hardware?',
  ],
  [
    'a status',
    good.replace('created', '{ status-changes: { to: wn } }'),
    2,
    'to: unknown status "wn"',
    'did you mean won?',
  ],
  [
    'a task type',
    good.replace('created', '{ task-created: { type: cal } }'),
    2,
    'type: unknown task type "cal"',
    'did you mean call?',
  ],
  [
    'a score',
    good.replace('created', '{ score-changes: { score: defualt, reaches: 1 } }'),
    2,
    'score: unknown score "defualt"',
    'did you mean default?',
  ],
  [
    'no number',
    good.replace('created', '{ score-changes: { reaches: many } }'),
    2,
    'reaches: "many" is not a number',
    null,
  ],
  [
    'no direction',
    good.replace('created', 'score-changes'),
    2,
    'score-changes needs one of reaches, falls-to and by',
    'score-changes: { reaches: 80 }',
  ],
  [
    'both directions',
    good.replace('created', '{ score-changes: { reaches: 1, falls-to: 2 } }'),
    2,
    'score-changes needs one of reaches, falls-to and by',
    'score-changes: { reaches: 80 }',
  ],
  [
    'a query',
    good.replace('created', "{ matches: { query: 'valu:>5' } }"),
    2,
    'valu:>5: unknown field "valu" of deals',
    'did you mean value?',
  ],
  [
    'no query',
    good.replace('created', 'matches'),
    2,
    'matches needs a query or a view',
    "matches: { query: 'is:open idle.over:14d' }",
  ],
  [
    'a view',
    good.replace('created', '{ matches: { view: bigg } }'),
    2,
    'view: unknown view "bigg"',
    'did you mean big?',
  ],
  [
    'a view of others',
    `for: contact\non: { matches: { view: big } }\n${good.split('\n')[2]}`,
    2,
    'view: unknown view "big"',
    null,
  ],
  [
    "a trigger's where",
    good.replace('created', "{ created: { where: 'vale:1' } }"),
    2,
    'vale:1: unknown field "vale" of deals',
    'did you mean value?',
  ],
  [
    'an event without a name',
    good.replace('created', 'event'),
    2,
    'name is missing',
    'the name of the event',
  ],
  [
    'a list in the place of parameters',
    good.replace('created', '{ event: [form.submitted] }'),
    2,
    'event: its parameters are a map',
    /^event: \{ name/,
  ],
  [
    'a deal trigger for tasks',
    good.replace('for: deal', 'for: task').replace('created', 'stage-changes'),
    2,
    'stage-changes is about deals: no task begins with it',
    'for: deal',
  ],
  // steps
  ['no steps', 'for: deal\non: created\n', 1, 'steps must be a list of at least one step', /^add-deal, /],
  [
    'empty steps',
    'for: deal\non: created\nsteps: []\n',
    3,
    'steps must be a list of at least one step',
    /^add-deal, /,
  ],
  [
    'a step',
    `${head}  - stop\n`.replace('stop', 'add-nte: x'),
    4,
    'unknown step "add-nte"',
    'did you mean add-note?',
  ],
  [
    'a nested step',
    `${head}  - if: 'is:open'\n    then:\n      - add-note: x\n      - ad-note: y\n`,
    7,
    'unknown step "ad-note"',
    'did you mean add-note?',
  ],
  [
    'two steps in one',
    `${head}  - add-note: x\n    stop:\n`,
    5,
    'unknown key "stop" next to add-note',
    'each step is an item of its own',
  ],
  [
    'a key of a step',
    `${head}  - add-task:\n      title: x\n      du: +1d\n`,
    6,
    'unknown field "du" of a task',
    'did you mean due?',
  ],
  ['what it needs', `${head}  - add-task: { type: call }\n`, 4, 'title is missing', 'what is to be done'],
  ['an empty text', `${head}  - add-note: ' '\n`, 4, 'text: is empty', null],
  [
    'a field',
    `${head}  - update: { stge: new }\n`,
    4,
    'unknown field "stge" of a deal',
    'did you mean stage?',
  ],
  [
    'a field of another kind',
    `${contact}  - update: { stage: new }\n`,
    4,
    'unknown field "stage" of a contact',
    /.+/,
  ],
  [
    'a field that follows',
    `${head}  - update: { createdAt: today }\n`,
    4,
    'unknown field "createdAt" of a deal',
    /.+/,
  ],
  ['no field', `${head}  - update: { on: contact }\n`, 4, 'update sets nothing', /^update: /],
  ['a value', `${head}  - update: { value: '12,5' }\n`, 4, /^value: "12,5"/, /.+/],
  ['a day', `${head}  - update: { expectedClose: someday }\n`, 4, /^expectedClose: .*"someday"/, /.+/],
  [
    'an option',
    `${head}  - update: { level: hihg }\n`,
    4,
    'level: unknown level "hihg"',
    'did you mean high?',
  ],
  [
    'a custom number',
    `${head}  - update: { size: big }\n`,
    4,
    'size: "big" is not a number',
    'accepted: 12, -3 or 4.5',
  ],
  [
    'a stage to set',
    `${head}  - update: { pipeline: hardware, stage: done }\n`,
    4,
    'stage: unknown stage "done"',
    'stages: new, shipped',
  ],
  ['a required field emptied', `${head}  - update: { title: '' }\n`, 4, 'title: is empty', null],
  ['an owner', `${head}  - update: { owner: bne }\n`, 4, 'owner: unknown user "bne"', 'did you mean ben?'],
  [
    'an assignee',
    `${head}  - add-task: { title: x, assignee: auto }\n`,
    4,
    'assignee: unknown user "auto"',
    /.+/,
  ],
  ['a user to tell', `${head}  - notify: { user: none, text: x }\n`, 4, 'user: none means nobody', null],
  [
    'a record',
    `${head}  - update: { on: contacts, phone: '1' }\n`,
    4,
    'on: unknown record "contacts"',
    'did you mean contact?',
  ],
  ['a deal without a title', `${contact}  - add-deal: { value: 5 }\n`, 4, 'title is missing', /.+/],
  ['a due day', `${head}  - add-task: { title: x, due: someday }\n`, 4, /^due: .*"someday"/, /.+/],
  [
    'a duration',
    `${head}  - wait: tomorrow\n`,
    4,
    'for: "tomorrow" is not a duration',
    'for example 3d, 2w or 6h',
  ],
  ['a wait for nothing', `${head}  - wait\n`, 4, 'wait needs a time, or until', /^wait: /],
  ['at-most alone', `${head}  - wait: { for: 1d, at-most: 2d }\n`, 4, 'at-most goes with until', /^wait: /],
  [
    'a wait for both',
    `${head}  - wait: { for: 1d, until: 'is:won' }\n`,
    4,
    'wait has for and until',
    /^wait: /,
  ],
  ['points', `${contact}  - adjust-score: lots\n`, 4, 'by: "lots" is not a number', null],
  [
    'no score',
    `for: account\non: created\nsteps:\n  - adjust-score: 5\n`,
    4,
    'an account has no score',
    'on: contact, or on: deal',
  ],
  [
    'a template',
    `${head}  - send-email: { to: contact, template: welcom }\n`,
    4,
    'template: unknown template "welcom"',
    'did you mean welcome?',
  ],
  [
    'a mail without a text',
    `${head}  - send-email: { to: contact, subject: Hi }\n`,
    4,
    'send-email needs a template, or a subject and a body',
    /^send-email: /,
  ],
  [
    'a mail with two texts',
    `${head}  - send-email: { to: contact, template: welcome, body: Hi }\n`,
    4,
    'send-email needs a template, or a subject and a body',
    /^send-email: /,
  ],
  [
    'a recipient',
    `${head}  - send-email: { to: contcat, template: welcome }\n`,
    4,
    'to: unknown recipient "contcat"',
    'did you mean contact?',
  ],
  [
    'a broken template',
    `${head}  - send-email: { to: contact, template: broken }\n`,
    4,
    'template: the template is broken: templates/broken.md:5: unknown variable {{ deal.titel }}',
    'did you mean title?',
  ],
  ['then without if', `${head}  - add-note: x\n    then: [stop]\n`, 4, 'add-note has no then or else', null],
  ['if without then', `${head}  - if: 'is:open'\n`, 4, 'if needs then, else or both', null],
  [
    'an empty then',
    `${head}  - if: 'is:open'\n    then: []\n`,
    5,
    'then must be a list of at least one step',
    /^add-deal, /,
  ],
  [
    'after stop',
    `${head}  - stop\n  - add-note: x\n`,
    5,
    'this step is never reached: the one before it ends the enrolment',
    null,
  ],
  [
    'after two stops',
    `${head}  - if: 'is:open'\n    then: [stop]\n    else: [{ add-note: x }, stop]\n  - add-note: y\n`,
    7,
    'this step is never reached: the one before it ends the enrolment',
    null,
  ],
  [
    'a label twice',
    `${head}  - { add-note: x, label: here }\n  - { add-note: y, label: here }\n`,
    5,
    'there are two steps with the label here',
    null,
  ],
  [
    'a label like a place',
    `${head}  - { add-note: x, label: 2.wait }\n`,
    4,
    'a label is a text that does not begin with a digit',
    null,
  ],
  [
    'a map for a text',
    `${head}  - add-note: { text: { a: b } }\n`,
    4,
    'text: is a map, not a text',
    'a text in quotes',
  ],
  [
    'a list for a text',
    `${head}  - add-note: [a, b]\n`,
    4,
    'text: is a list, not a text',
    'a text in quotes',
  ],
  // queries and texts
  [
    'a query of deals asked of contacts',
    `${contact}  - if: 'stage:new'\n    then: [stop]\n`,
    4,
    'stage:new: unknown field "stage" of contacts',
    'that is of deals, and this is asked of a contact; use on: deal, or a rule for: deal',
  ],
  [
    'a query of contacts asked of their deal',
    `${contact}  - if: { on: deal, when: 'email:x' }\n    then: [stop]\n`,
    4,
    'email:x: unknown field "email" of deals',
    /.*/,
  ],
  [
    'unquoted braces',
    `${head}  - add-task: { title: {{ deal.title }}, type: call }\n`,
    4,
    'a map or list cannot be a key',
    'text with {{ }} needs quotes',
  ],
  [
    'unquoted braces alone',
    `${head}  - add-note: {{ deal.title }}\n`,
    4,
    'a map or list cannot be a key',
    'text with {{ }} needs quotes',
  ],
  [
    'unquoted braces in a field',
    `${head}  - update:\n      owner: {{ contact.owner }}\n`,
    5,
    'a map or list cannot be a key',
    'text with {{ }} needs quotes',
  ],
  [
    'a variable',
    `${head}  - add-note: '{{ dael.title }}'\n`,
    4,
    'text: unknown variable {{ dael.title }}',
    'did you mean deal?',
  ],
  [
    'a field in a text',
    `${head}  - add-note: '{{ deal.titel }}'\n`,
    4,
    'text: unknown variable {{ deal.titel }}',
    'did you mean title?',
  ],
  [
    'a custom field in a text',
    `${head}  - add-note: '{{ deal.fields.prodcut }}'\n`,
    4,
    'text: unknown variable {{ deal.fields.prodcut }}',
    'did you mean product?',
  ],
  [
    'more of a text than it has',
    `${head}  - add-note: '{{ deal.owner.name }}'\n`,
    4,
    'text: unknown variable {{ deal.owner.name }}',
    '{{ deal.owner }}',
  ],
  [
    'a filter',
    `${head}  - add-note: '{{ deal.title | upcas }}'\n`,
    4,
    'text: {{ deal.title | upcas }} undefined filter: upcas',
    'did you mean upcase?',
  ],
  [
    'Liquid that does not close',
    `${head}  - add-note: '{{ deal.title'\n`,
    4,
    /^text: output "\{\{ deal\.title" not closed/,
    null,
  ],
  [
    'a tag that does not close',
    `${head}  - add-note: '{% if deal %}x'\n`,
    4,
    /^text: tag \{% if deal %\} not closed/,
    null,
  ],
  ['chance', `${head}  - add-note: '{{ deal.tags | sample }}'\n`, 4, /undefined filter: sample/, null],
  // YAML
  ['YAML', 'for: deal\non: [created\nsteps: [stop]\n', 3, /.+/, null],
  ['a key twice', `${good}for: deal\n`, 4, /unique/i, null],

  // the clock
  ['no field of a date', on('date'), 2, 'field is missing', 'a day or a time: expectedClose, due, createdAt'],
  ['a date that is none', on('date: { field: title }'), 2, 'title is not a date', /expectedClose/],
  [
    'a field of another kind',
    on('date: { of: task, field: expectedClose }'),
    2,
    'field: unknown field "expectedClose"',
    /.*/,
  ],
  [
    'an offset',
    on('date: { field: close, offset: soon }'),
    2,
    'offset: "soon" is not a distance in time',
    /-3d/,
  ],
  ['a time of day', on("date: { field: close, at: '9' }"), 2, /at: "9" is not a time of day/, /00:00/],
  [
    'a cron expression',
    on("schedule: { cron: '0 9 * * foo' }"),
    2,
    /cron: "0 9 \* \* foo" is not a cron expression/,
    /minute hour/,
  ],
  ['too few parts', on("schedule: { cron: '0 9 * *' }"), 2, /is not a cron expression/, /minute hour/],
  ['seconds', on("schedule: { cron: '* * * * * *' }"), 2, /is not a cron expression/, /minute hour/],
  [
    'a day that never comes',
    on("schedule: { cron: '0 0 31 2 *' }"),
    2,
    /there is no such day/,
    /minute hour/,
  ],
  // changes
  [
    'a field that follows',
    on('field-changes: { field: createdAt }'),
    2,
    'createdAt follows from other changes',
    /.*/,
  ],
  [
    'a value that never is',
    on('field-changes: { field: level, to: hihg }'),
    2,
    'level is never "hihg"',
    'low, high',
  ],
  ['a user', on('owner-changes: { to: anna }'), 2, 'to: unknown user "anna"', 'did you mean ana?'],
  ['tags of tasks', `for: task\non: tag-added\nsteps: [stop]\n`, 2, 'a task has no tags', /of: deal/],
  [
    'a goal of nobody',
    on('goal-reached: { automation: good, goal: Bought }'),
    2,
    'unknown goal "Bought"',
    null,
  ],
  [
    'an automation',
    on('goal-reached: { automation: goood }'),
    2,
    'unknown automation "goood"',
    'did you mean good?',
  ],
  // steps
  [
    'a label',
    `${head}  - label: again\n  - go-to: agian\n`,
    5,
    'unknown label "agian"',
    'did you mean again?',
  ],
  [
    'a circle without a wait',
    `${head}  - label: again\n  - if: 'is:open'\n    then:\n      - notify: { user: ana, text: x }\n      - go-to: again\n  - wait: 1d\n`,
    8,
    'goes round from again without a wait',
    'wait: 1d, on the way',
  ],
  [
    'behind go-to',
    `${head}  - label: again\n  - wait: 1d\n  - go-to: again\n  - add-note: never\n`,
    7,
    /never reached/,
    null,
  ],
  ['who is assigned', `${head}  - assign: round-robbin\n`, 4, 'to: unknown user "round-robbin"', /.*/],
  [
    'a turn of a contact',
    `${contact}  - assign: round-robin\n`,
    4,
    /chooses among the users of a pipeline/,
    'on: deal',
  ],
  ['an address', `${head}  - webhook: 'example.com'\n`, 4, 'url: "example.com" is not an address', /^https:/],
  [
    'another scheme',
    `${head}  - webhook: 'ftp://example.com/x'\n`,
    4,
    'url: "ftp://example.com/x" is not an address',
    /^https:/,
  ],
  [
    'white space in an address',
    `${head}  - webhook: 'https://example.com/a b'\n`,
    4,
    'url: "https://example.com/a b" is not an address',
    /^https:/,
  ],
  [
    'a host that data decides',
    `${head}  - webhook: 'https://{{ deal.title }}/x'\n`,
    4,
    'url: "https://{{ deal.title }}/x": the host of an address is written out in the rule',
    /^https:/,
  ],
  [
    'a host that data goes on with',
    `${head}  - webhook: 'https://example.com{{ deal.title }}'\n`,
    4,
    'url: "https://example.com{{ deal.title }}": the host of an address is written out in the rule',
    /^https:/,
  ],
  [
    'a port that data decides',
    `${head}  - webhook: 'https://example.com:{{ deal.title }}/'\n`,
    4,
    'url: "https://example.com:{{ deal.title }}/": the host of an address is written out in the rule',
    /^https:/,
  ],
  [
    'a whole address of data',
    `${head}  - webhook: '{{ deal.title }}'\n`,
    4,
    'url: "{{ deal.title }}": the host of an address is written out in the rule',
    /^https:/,
  ],
  [
    'a secret in an address',
    `${head}  - webhook: 'https://me:pw@example.com/x'\n`,
    4,
    'url: an address has no user or password: rules are not a place for secrets',
    /crm help webhooks/,
  ],
  [
    'a tag in an address',
    `${head}  - webhook: 'https://example.com/{% if deal.title %}a{% endif %}'\n`,
    4,
    'url: an address has {{ }} in its path and query, and no {% %}',
    /^https:/,
  ],
  [
    'a fragment',
    `${head}  - webhook: 'https://example.com/#x'\n`,
    4,
    'url: an address has no #: what follows it is never sent',
    /^https:/,
  ],
  [
    'a path that goes up',
    `${head}  - webhook: 'https://example.com/a/%2E./{{ deal.id }}'\n`,
    4,
    'url: the path of an address has no segments . and ..',
    /^https:/,
  ],
  [
    'a value that is encoded twice',
    `${head}  - webhook: 'https://example.com/?t={{ deal.title | url_encode }}'\n`,
    4,
    'url: values in an address are percent-encoded by crm: url_encode would do it twice',
    /^https:/,
  ],
  [
    'a text in an address',
    `${head}  - webhook: 'https://example.com/{{ deal.titel }}'\n`,
    4,
    'url: unknown variable {{ deal.titel }}',
    'did you mean title?',
  ],
  [
    'a program that data decides',
    `${head}  - run: ['{{ deal.title }}', now]\n`,
    4,
    'argv: the program is written out in the rule: values may only be its arguments',
    'run: [./notify.sh, won]',
  ],
  [
    'no program',
    `${head}  - run: ['', now]\n`,
    4,
    'argv: there is no program to run',
    'run: [./notify.sh, won]',
  ],
  [
    'no list',
    `${head}  - run: ./won.sh now\n`,
    4,
    'argv: a program and its arguments are a list',
    'run: [./notify.sh, won]',
  ],
  [
    'a text in a list',
    `${head}  - run: [./won.sh, '{{ deal.titel }}']\n`,
    4,
    'argv: unknown variable {{ deal.titel }}',
    'did you mean title?',
  ],
  [
    'a text in properties',
    `${head}  - add-event: { name: x, props: { a: '{{ del.id }}' } }\n`,
    4,
    'props: unknown variable {{ del.id }}',
    /deal/,
  ],
  ['an activity', `${head}  - log: { type: mail }\n`, 4, 'type: unknown type "mail"', /.*/],
  ['a task is for another', `${head}  - add-task: { title: X, for: D1 }\n`, 4, /on: names/, 'on: deal'],
  [
    'a rule of a task',
    `${head}  - add-task: { title: X, whenDone: goood }\n`,
    4,
    'unknown automation "goood"',
    'did you mean good?',
  ],
  ['a repeat', `${head}  - add-task: { title: X, repeat: often }\n`, 4, /often" is not how often/, /weekly/],
  [
    'a day of the week',
    `${head}  - wait: { on: mondays }\n`,
    4,
    'on: unknown day "mondays"',
    'did you mean monday?',
  ],
  [
    'a day of a record',
    `${head}  - wait: { until: 'is:won', on: monday }\n`,
    4,
    /on: (monday|unknown)/,
    /.*/,
  ],
  [
    'an offset without a date',
    `${head}  - wait: { for: 1d, offset: 1d }\n`,
    4,
    'offset goes with until-date',
    /^wait: /,
  ],
  [
    'tasks by a query of deals',
    `${head}  - complete-tasks: 'stage:new'\n`,
    4,
    /unknown field "stage" of tasks/,
    /.*/,
  ],
  ['start of nothing', `${head}  - start: goood\n`, 4, 'unknown automation "goood"', 'did you mean good?'],
  [
    'start of itself',
    `${head}  - add-note: x\n  - start: wrong\n`,
    5,
    'a cycle of starts: wrong starts wrong',
    null,
  ],
  // what can never hold
  [
    'won and lost',
    `${good}where: 'is:won is:lost'\n`,
    4,
    'is:won is:lost: can never hold',
    'not together: is:won is:lost',
  ],
  [
    'a range of nothing',
    `${good}where: 'value:>10 tag:x value.under:5'\n`,
    4,
    /can never hold/,
    /value:>10 value.under:5/,
  ],
  [
    'a stage of another pipeline',
    `${good}where: 'pipeline:hardware stage:proposal'\n`,
    4,
    /can never hold/,
    /.*/,
  ],
  ['in steps too', `${head}  - if: 'stage:new not stage:new'\n    then: [stop]\n`, 4, /can never hold/, /.*/],
];

const templates = {
  'templates/welcome.md': '---\nsubject: Welcome\n---\nHello\n',
  'templates/broken.md': '---\nsubject: Welcome\n---\nHello,\n{{ deal.titel }}\n',
};
let files: Map<string, Buffer> | undefined;

async function withGoodRule(): Promise<Rules> {
  if (!files) {
    const rules = await Rules.make(templates);
    rules.rule('good', good);
    await rules.sweep();
    files = rules.files();
  }
  return Rules.of(files);
}

test.each(mistakes)('%s', async (_name, text, line, message, hint) => {
  const rules = await withGoodRule();
  rules.rule('wrong', text);
  const { code, out } = await rules.ws.crm('automation lint wrong --json');
  const problems = JSON.parse(out) as Problem[];
  expect(problems).toEqual([
    {
      file: 'automations/wrong.yaml',
      line,
      message: typeof message === 'string' ? message : expect.stringMatching(message),
      hint:
        hint instanceof RegExp ? expect.toSatisfy((h: unknown) => h === null || hint.test(String(h))) : hint,
    },
  ]);
  expect(code).toBe(5);
});

test('lint says all that is wrong, for people too', async () => {
  const rules = await withGoodRule();
  rules.remove('templates/broken.md');
  rules.rule('wrong', 'for: deal\non: create\nsteps:\n  - update: { stge: new }\n  - wait: soon\n');
  // The first command in a workspace tells who acts in it.
  await rules.ws.ok('deal list');
  const { code, out, err } = await rules.ws.crm('automation lint');
  expect(out).toBe(
    [
      'automations/wrong.yaml:2: unknown trigger "create"',
      '  did you mean created?',
      'automations/wrong.yaml:4: unknown field "stge" of a deal',
      '  did you mean stage?',
      'automations/wrong.yaml:5: for: "soon" is not a duration',
      '  for example 3d, 2w or 6h',
      '',
    ].join('\n'),
  );
  expect(err).toBe('3 problems\n');
  expect(code).toBe(5);
  expect(await rules.ws.crm('automation lint good')).toMatchObject({
    code: 0,
    err: '1 automation without a problem\n',
  });
});

test('a sweep leaves the broken rule alone out, names it, and exits 1; the others run', async () => {
  const rules = await withGoodRule();
  rules.remove('templates/broken.md');
  rules.rule('wrong', good.replace('created', 'create'));
  await rules.ok('deal add Chairs');
  const sweep = await rules.sweep();
  expect(sweep).toMatchObject({
    code: 1,
    automations: [{ automation: 'good', subject: 'D1', outcome: 'completed' }],
    failures: [
      {
        automation: 'wrong',
        subject: null,
        step: null,
        error: 'automations/wrong.yaml:2: unknown trigger "create"; the rule is left out',
      },
    ],
  });
  // It is said as long as it is so, and nothing else comes of it.
  const files = rules.digest();
  expect(await rules.sweep()).toMatchObject({ code: 1, tx: null, failures: [{ automation: 'wrong' }] });
  expect(rules.digest()).toBe(files);
  rules.rule('wrong', good);
  await rules.ok('deal add Tables');
  expect((await rules.sweepTwice()).automations.map(a => `${a.automation} ${a.subject}`)).toEqual([
    'good D2',
    'wrong D2',
  ]);
});

test('a broken template breaks the rules that use it, and nothing else', async () => {
  const rules = await withGoodRule();
  const mail = (template: string) =>
    `for: contact\non: created\nsteps: [{ send-email: { to: contact, template: ${template} } }]\n`;
  rules.rule('uses', mail('broken'));
  rules.rule('welcome', mail('welcome'));
  await rules.ok('contact add --email jane@example.com');
  const sweep = await rules.sweep();
  expect(sweep.automations).toMatchObject([{ automation: 'welcome', subject: 'C1', outcome: 'completed' }]);
  expect(sweep.failures.map(f => [f.automation, f.error])).toEqual([
    [
      'uses',
      'automations/uses.yaml:3: template: the template is broken: templates/broken.md:5: unknown variable {{ deal.titel }}; the rule is left out',
    ],
    [null, 'templates/broken.md:5: unknown variable {{ deal.titel }}; the template is left out'],
  ]);
  expect(sweep.code).toBe(1);
  rules.write('templates/broken.md', templates['templates/welcome.md']);
  await rules.ok('contact add --email joe@example.com');
  expect((await rules.sweepTwice()).automations.map(a => `${a.automation} ${a.subject}`)).toEqual([
    'uses C2',
    'welcome C2',
  ]);
});

test.each([
  ['Hello\n', 1, 'is not a template: front matter with a subject, then the text'],
  ['---\nsubject: Hi\n', 1, 'is not a template: front matter with a subject, then the text'],
  ['---\nsubjct: Hi\n---\nHello\n', 2, 'unknown key "subjct"'],
  ['---\n---\nHello\n', 2, 'subject must be a text'],
  ['---\nsubject: {{ contact.name }}\n---\nHello\n', 2, 'a map or list cannot be a key'],
  ["---\nsubject: 'Hi {{ contact.nme }}'\n---\nHello\n", 2, 'subject: unknown variable {{ contact.nme }}'],
  ['---\nsubject: Hi\n---\n\n', 4, 'the text is empty'],
  [
    '---\nsubject: Hi\n---\nDear {{ contact.name }},\n\n{% if deal %}\nHello\n',
    6,
    'tag {% if deal %} not closed',
  ],
])('a template that is wrong: %s', async (text, line, message) => {
  const rules = await withGoodRule();
  rules.write('templates/broken.md', text);
  const { code, out } = await rules.ws.crm('automation lint --json');
  expect(JSON.parse(out)).toContainEqual(
    expect.objectContaining({ file: 'templates/broken.md', line, message }),
  );
  expect(code).toBe(5);
});

test("a rule's file must be an id", async () => {
  const rules = await withGoodRule();
  rules.remove('templates/broken.md');
  rules.write('automations/Hot Leads.yaml', good);
  expect(await rules.ws.crm('automation lint')).toMatchObject({
    code: 5,
    out: "automations/Hot Leads.yaml:1: the file's name is not an id\n  lower-case ASCII words with hyphens, such as hot-leads.yaml\n",
  });
});

test('rules that start each other in a circle are broken, all of them, and only they', async () => {
  const rules = await Rules.make();
  rules.rule('good', good);
  rules.rule('a', `${head}  - wait: 1d\n  - start: b\n`);
  rules.rule('b', `${head}  - if: 'is:open'\n    then:\n      - start: a\n`);
  const { code, out } = await rules.ws.crm('automation lint');
  expect(out).toBe(
    'automations/a.yaml:5: a cycle of starts: a starts b starts a\nautomations/b.yaml:6: a cycle of starts: b starts a starts b\n',
  );
  expect(code).toBe(5);
  await rules.ok('deal add Chairs');
  const sweep = await rules.sweep();
  expect(sweep.failures.map(f => f.automation)).toEqual(['a', 'b']);
  expect(sweep.automations).toMatchObject([{ automation: 'good', subject: 'D1' }]);
});

test('a possible loop is a warning: shown, exit 0, and the rules run', async () => {
  const rules = await Rules.make();
  const moves = (to: string) =>
    `for: deal\nruns: every-time\non: { stage-changes: { to: ${to === 'new' ? 'done' : 'new'} } }\nsteps: [{ update: { stage: ${to} } }]\n`;
  rules.rule('back', moves('new'));
  rules.rule('forth', moves('done'));
  rules.rule('once', `for: deal\non: value-changes\nsteps: [{ update: { value: 5 } }]\n`);
  rules.edit(
    'pipelines/a-sales.yaml',
    text =>
      `${text}transitions:\n  - { to: new, from: [done], when: 'tag:x' }\n  - { to: done, from: [new], when: 'tag:x' }\n`,
  );
  // The first command in a workspace tells who acts in it.
  await rules.ws.ok('deal list');
  const { code, err, out } = await rules.ws.crm('automation lint');
  expect({ code, out }).toEqual({ code: 0, out: '' });
  expect(err).toBe(
    [
      'Warning: automations/back.yaml:3: possible loop: back starts forth starts back, every time; runs: once, or a where that no longer holds',
      'Warning: automations/forth.yaml:3: possible loop: forth starts back starts forth, every time; runs: once, or a where that no longer holds',
      'Warning: pipelines/a-sales.yaml:9: possible loop: rows 1 and 2 move a deal from done to new and back; for one of them, a when that never holds together with the other',
      '3 automations without a problem',
      '',
    ].join('\n'),
  );
  expect(JSON.parse((await rules.ws.crm('automation lint back --json')).out)).toMatchObject([
    { warning: true, line: 3 },
  ]);
});

test.each<[string, Record<string, string>, string | undefined]>([
  ['at once', { a: 'on: created|add-deal: { title: X }' }, 'a adds what starts a'],
  ['after a wait', { a: 'on: created|wait: 1d}, {add-deal: { title: X }' }, 'a adds what starts a'],
  [
    'by a schedule',
    { a: "on: { schedule: { cron: '0 9 * * *' } }|add-deal: { title: X }" },
    'a adds what starts a',
  ],
  [
    'by a query',
    { a: "on: { matches: { query: 'is:open' } }|add-deal: { title: X }" },
    'a adds what starts a',
  ],
  ['by a date', { a: 'on: { date: { field: createdAt } }|add-deal: { title: X }' }, 'a adds what starts a'],
  [
    'in turn',
    {
      a: 'on: { enters-stage: { stage: new } }|add-deal: { title: X, stage: done }',
      b: 'on: { enters-stage: { stage: done } }|add-deal: { title: X, stage: new }',
    },
    'a adds what starts b adds what starts a',
  ],
  [
    'by what another one changes',
    { a: 'on: { tag-added: { tag: x } }|add-deal: { title: X }', b: 'on: created|add-tag: x' },
    'a adds what starts b adds what starts a',
  ],
  ['not where it is allowed', { a: 'generations: 3\non: created|add-deal: { title: X }' }, undefined],
  ['not for another kind', { a: 'on: created|add-task: { title: X }' }, undefined],
  [
    'not what somebody must do',
    { a: 'on: { status-changes: { to: won } }|add-deal: { title: X }' },
    undefined,
  ],
  ['not for what is over', { a: "on: { matches: { query: 'is:won' } }|add-deal: { title: X }" }, undefined],
  ['not where it is disabled', { a: 'enabled: false\non: created|add-deal: { title: X }' }, undefined],
])('a circle of rules that add what starts them is a warning: %s', async (_, texts, way) => {
  const rules = await Rules.make();
  for (const [id, text] of Object.entries(texts)) {
    const [on, step] = text.split('|');
    rules.rule(id, `for: deal\n${on}\nsteps: [{ ${step} }]\n`);
  }
  const { code, err } = await rules.ws.crm('automation lint');
  expect(code).toBe(0);
  if (way === undefined) expect(err).not.toContain('feeds itself');
  else expect(err).toContain(`feeds itself: ${way}; one generation comes of each beginning`);
});
