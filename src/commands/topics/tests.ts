/** `crm help tests`: how the cases of a rule are written. */

/** The cases of the rule that `crm help automations` shows, but for its template and its query. */
export const exampleTest = `a contact who becomes hot is offered chairs:
  given:                                         # what is there before the rule is
    - contact: { name: Jane Roe, email: jane@example.com, tags: newsletter }
  steps:                                         # what happens then, in this order
    - score: { jane@example.com: +80 }
    - sweep:                                     # crm run: all that it is to do
        - deal: { title: Chairs for Jane Roe, value: 1500, contact: jane@example.com }
        - message: { to: jane@example.com }
        - waiting: jane@example.com
    - wait: 2d
    - sweep: nothing
    - wait: 1d
    - sweep:
        - Chairs for Jane Roe: { stage: follow-up }
`;

const text = `Tests of automations

The cases of a rule stand beside it, in automations/<id>.test.yaml. crm automation test runs them in memory, with the
settings of the workspace and the code of crm run, and touches no file.

${exampleTest.replace(/^(?=.)/gm, '  ')}
A case is a name, given and steps; at: DAY says when it begins (else 2026-01-05T08:00:00Z), with: [NAME] which other
automations run too. The rule that is tested runs whether it is enabled or not.

What happens, in given and steps
  deal, contact, account, task, activity, event, invoice: { FIELD: VALUE }    is added, as crm KIND add would
  user: { id: ana, name: Ana Ruiz, email: ana@example.com }    works here too (given only)
  set: { RECORD: { FIELD: VALUE } }    is changed
  win, lose, reopen: DEAL; done: TASK; remove: RECORD; score: { RECORD: +10 } (-5, =80)
  wait: 3d                             time passes; until: 2026-03-29 goes on at a day or an instant
  sweep: nothing, or a list            crm run (steps only); without a list it may do anything but fail
  sweep: { every: 1d, for: 14d, expect: nothing }    several, and what they do all in all

What a sweep is expected to do
  deal, task, message, ...: { FIELD: VALUE }    such a record is added; fields that are left out may be anything
  RECORD: { FIELD: VALUE }             is changed to that; score is what it is then, of contacts and deals
  removed: RECORD
  waiting, completed: RECORD           where the rule is for that subject
  failed: TEXT                         it fails, with an error that has this text in it

All that rules do must be listed; moves by transitions may be. A RECORD is an id or a name: D1, an e-mail, a title.
`;

export const testsTopic = (): string => text;
