/** What contacts, accounts, tasks, activities, events, invoices and relations need to be complete. */
import { describe, expect, test } from 'vitest';
import { definitionOf } from '../../src/kinds/define.ts';
import { recordKinds } from '../../src/kinds/index.ts';
import { AT, completed, config } from './writing.ts';

const usage = (message: string, hint?: string) => expect.objectContaining({ kind: 'USAGE', message, hint });
const definition = (kind: string) => definitionOf(recordKinds, kind);
const moment = (kind: string, at: string) => definition(kind).moments!.find(each => each.at === at)!;
const fieldOf = (kind: string, name: string) => definition(kind).fields.find(each => each.name === name)!;

describe('a contact', () => {
  test('is named by its e-mail unless it has a name, and belongs to the user who adds it', () => {
    expect(completed('contact', { email: ' Jane@x.com ' })).toEqual({
      email: 'Jane@x.com',
      name: 'Jane@x.com',
      owner: 'ana',
    });
    expect(completed('contact', { name: 'Jane', owner: null })).toEqual({ name: 'Jane', owner: null });
    expect(completed('contact', { name: 'Jane' }, undefined, { user: 'guest' }).owner).toBeNull();
    expect(completed('contact', { tags: ['x'] }, { id: 'C1', name: 'Jane' })).toEqual({ tags: ['x'] });
    for (const fields of [{}, { name: '' }, { phone: '1' }])
      expect(() => completed('contact', fields)).toThrow(
        usage('a contact needs a name or an e-mail', '--name, --email'),
      );
    expect(() => completed('contact', { name: '' }, { id: 'C1', name: 'Jane' })).not.toThrow();
  });

  test('lives in a time zone, and has e-mails, phones and accounts, each once', () => {
    expect(completed('contact', { name: 'J', timezone: 'Asia/Tokyo' })).toMatchObject({
      timezone: 'Asia/Tokyo',
    });
    expect(() => completed('contact', { name: 'J', timezone: 'Tokyo' })).toThrow(
      usage('"Tokyo" is not a time zone', 'an IANA name such as Europe/Amsterdam'),
    );
    expect(() => completed('contact', { email: 'x' })).toThrow('"x" is not an e-mail address');
    const fields = {
      emails: ['a@x.com', 'A@X.com'],
      phones: ['020 555', '020-555'],
      accounts: ['A1', 'A2', 'A1'],
    };
    expect(completed('contact', { name: 'J', ...fields })).toMatchObject({
      email: 'a@x.com',
      phone: '020 555',
      account: 'A1',
      otherAccounts: ['A2'],
    });
  });

  test('is tidied after a change of single fields', () => {
    expect(definition('contact').tidy!({ otherEmails: ['a@x.com'] })).toEqual({
      email: 'a@x.com',
      otherEmails: null,
    });
  });

  test('is named by its address, whatever is around it', () => {
    const [byEmail] = definition('contact').keys;
    expect(byEmail!.read!('Jane <jane@x.com>')).toBe('jane@x.com');
    expect(byEmail!.read!('Jane')).toBe('Jane');
  });
});

describe('an account', () => {
  const records = [{ id: 'A1', parent: 'A2' }, { id: 'A2', parent: 'A3' }, { id: 'A3' }];

  test('belongs to the user who adds it, and has domains and phones', () => {
    expect(completed('account', { name: 'Acme' })).toEqual({ name: 'Acme', owner: 'ana' });
    expect(completed('account', { name: 'Acme', owner: null }).owner).toBeNull();
    expect(
      completed('account', { domains: ['https://acme.example', 'b.example', 'acme.example'] }, { id: 'A1' }),
    ).toEqual({
      domain: 'acme.example',
      otherDomains: ['b.example'],
    });
    expect(definition('account').tidy!({ otherDomains: ['a.example'] })).toEqual({
      domain: 'a.example',
      otherDomains: null,
    });
  });

  test('is not its own parent, by whatever way', () => {
    const put = (id: string, parent: string | null) => () =>
      completed('account', { parent }, { id }, { records });
    for (const parent of ['A1', 'A2', 'A3'])
      expect(put('A3', parent)).toThrow(usage('A3 cannot be a parent of itself, not even by way of others'));
    expect(put('A1', 'A3')).not.toThrow();
    expect(put('A1', null)).not.toThrow();
    expect(() => completed('account', { parent: 'A1' }, undefined, { records })).not.toThrow();
  });
});

describe('a task', () => {
  test('is to be done, of the usual type, by the user who adds it', () => {
    expect(completed('task', { title: 'x' })).toEqual({
      title: 'x',
      type: 'todo',
      status: 'open',
      assignee: 'ana',
      doneAt: null,
      outcome: null,
    });
    expect(completed('task', { assignee: null }).assignee).toBeNull();
    expect(completed('task', {}, undefined, { user: 'guest' })).not.toHaveProperty('assignee');
    const only = { ...config, taskTypes: { call: config.taskTypes.call! } };
    expect(completed('task', {}, undefined, { config: only }).type).toBe('call');
    expect(() => completed('task', {}, undefined, { config: { ...config, taskTypes: {} } })).toThrow(
      usage('the workspace defines no task types', 'crm task-type add todo'),
    );
    expect(completed('task', { title: 'x' }, { id: 'T1', status: 'open' })).toEqual({ title: 'x' });
    expect(fieldOf('task', 'type').options!(config)).toEqual(['call', 'todo']);
    expect(fieldOf('task', 'status').options!(config)).toEqual(['open', 'done']);
  });

  test('is done when somebody says so, or says when', () => {
    const task = { id: 'T1', status: 'open' };
    const done = { id: 'T1', status: 'done', doneAt: '2026-01-01' };
    expect(completed('task', { doneAt: '2026-01-02' })).toMatchObject({
      status: 'done',
      doneAt: '2026-01-02',
    });
    expect(completed('task', { status: 'done' })).toMatchObject({ doneAt: AT });
    expect(completed('task', { status: 'done' }, task)).toEqual({ status: 'done', doneAt: AT });
    expect(completed('task', { status: 'done', doneAt: '2026-01-02' }, task).doneAt).toBe('2026-01-02');
    expect(completed('task', { status: 'done' }, done)).toEqual({ status: 'done' });
    expect(completed('task', { doneAt: '2026-01-02' }, task)).toEqual({
      status: 'done',
      doneAt: '2026-01-02',
    });
    expect(completed('task', { doneAt: null }, task)).toEqual({ doneAt: null });
    expect(completed('task', { status: 'open', outcome: 'x' }, done)).toEqual({
      status: 'open',
      doneAt: null,
      outcome: null,
    });
  });

  test('is due on a day, at a time of it', () => {
    const task = { id: 'T1', status: 'open', due: '2026-09-15', dueTime: '14:30' };
    expect(completed('task', { due: '2026-09-16 09:00' }, task)).toEqual({
      due: '2026-09-16',
      dueTime: '09:00',
    });
    expect(completed('task', { due: '2026-09-16 09:00', dueTime: '09:00' }, task)).toEqual({
      due: '2026-09-16',
      dueTime: '09:00',
    });
    expect(completed('task', { due: '2026-09-16' }, task)).toEqual({ due: '2026-09-16' });
    expect(completed('task', { due: null }, task)).toEqual({ due: null, dueTime: null });
    expect(completed('task', { title: 'x' }, task)).toEqual({ title: 'x' });
    expect(completed('task', { dueTime: '10:00' }, task)).toEqual({ dueTime: '10:00' });
    expect(completed('task', { due: null }, { id: 'T1', due: '2026-09-15' })).toEqual({ due: null });
    expect(() => completed('task', { due: '2026-09-16 09:00', dueTime: '10:00' }, task)).toThrow(
      usage('due says 09:00, and dueTime says 10:00', 'give one of them'),
    );
    const dayless = usage('a task with a time needs a day', '--due "tomorrow 14:30"');
    expect(() => completed('task', { dueTime: '10:00' }, { id: 'T1' })).toThrow(dayless);
    expect(() => completed('task', { due: null, dueTime: '10:00' }, task)).toThrow(dayless);
    expect(() => completed('task', { dueTime: '10:00' })).toThrow(dayless);
  });

  test.each(['whenCreated', 'whenDone'])('starts a rule that there is: %s', name => {
    expect(completed('task', { [name]: 'follow-up' })[name]).toBe('follow-up');
    expect(completed('task', { [name]: 'half' })[name]).toBe('half');
    expect(completed('task', { [name]: null })[name]).toBeNull();
    expect(completed('task', { [name]: 'gone' }, { id: 'T1', [name]: 'gone' })[name]).toBe('gone');
    expect(() => completed('task', { [name]: 'folow-up' })).toThrow(
      usage(`${name}: there is no automation "folow-up"`, 'did you mean follow-up?'),
    );
    expect(() => completed('task', { [name]: 'zzz' })).toThrow(
      usage(`${name}: there is no automation "zzz"`, 'automations: follow-up, half'),
    );
  });

  test('is for somebody who is there when they get it', () => {
    expect(() => completed('task', { assignee: 'old' })).toThrow('old is not active');
    expect(() => completed('task', { assignee: 'old' }, { id: 'T1', assignee: 'ana' })).toThrow(
      'old is not active',
    );
    expect(() => completed('task', { assignee: 'old' }, { id: 'T1', assignee: 'old' })).not.toThrow();
    expect(() => completed('task', { assignee: null }, { id: 'T1', assignee: 'old' })).not.toThrow();
  });

  test('stands in timelines once it is done', () => {
    const done = moment('task', 'doneAt');
    const record = { id: 'T1', type: 'call', title: 'Call', outcome: 'reached', assignee: 'ben' };
    expect([done.what(record), done.text(record), done.by!(record)]).toEqual([
      'call done',
      'Call: reached',
      'ben',
    ]);
    expect(done.text({ id: 'T1', title: 'Call', outcome: '' })).toBe('Call');
  });
});

describe('an activity', () => {
  const V = { id: 'V1', type: 'call', for: 'D1' };

  test('was now, by the user who adds it, unless it says otherwise', () => {
    expect(completed('activity', { type: 'note' })).toEqual({ type: 'note', at: AT, by: 'ana' });
    expect(completed('activity', { at: 'then', by: 'ben' })).toEqual({ at: 'then', by: 'ben' });
    expect(completed('activity', { text: 'x' }, V)).toEqual({ text: 'x' });
  });

  test('was with others, each once, in a list for each kind', () => {
    const others = ['C1', 'D2', 'A1', 'C2', 'C1', 'D1'];
    expect(completed('activity', { with: others }, V)).toEqual({
      withDeals: ['D2'],
      withContacts: ['C1', 'C2'],
      withAccounts: ['A1'],
    });
    expect(completed('activity', { with: others, for: 'C1' }, V)).toMatchObject({
      withDeals: ['D2', 'D1'],
      withContacts: ['C2'],
    });
    expect(completed('activity', { with: ['C1'] }, { ...V, withDeals: ['D2'] })).toEqual({
      withDeals: [],
      withContacts: ['C1'],
    });
    expect(completed('activity', { with: null }, { ...V, withDeals: ['D2'] })).toEqual({ withDeals: [] });
    expect(completed('activity', { with: [] }, V)).toEqual({});
    const { read } = fieldOf('activity', 'with');
    expect(read!({ id: 'V1', withContacts: ['C1'], withDeals: ['D2'] })).toEqual(['D2', 'C1']);
    expect(read!(V)).toEqual([]);
  });

  test('has nobody twice after a merge', () => {
    const { tidy } = definition('activity');
    expect(tidy!({ for: 'C1', withContacts: ['C1', 'C2', 'C2'], withDeals: ['D1'] })).toEqual({
      withContacts: ['C2'],
    });
    expect(tidy!({ for: 'C1', withContacts: null })).toEqual({});
    expect(tidy!({ for: 'C1' })).toEqual({});
  });

  test('has a direction if it is a call or an e-mail', () => {
    for (const type of ['call', 'email'])
      expect(() => completed('activity', { type, direction: 'in' })).not.toThrow();
    const undirected = usage('only a call or an e-mail has a direction, not a note', 'direction=');
    expect(() => completed('activity', { type: 'note', direction: 'in' })).toThrow(undirected);
    expect(() => completed('activity', { type: 'note' }, { ...V, direction: 'in' })).toThrow(undirected);
    expect(() => completed('activity', { direction: 'out' }, { ...V, type: 'note' })).toThrow(undirected);
    expect(() =>
      completed('activity', { type: 'note', direction: null }, { ...V, direction: 'in' }),
    ).not.toThrow();
    expect(() => completed('activity', { direction: 'out' }, V)).not.toThrow();
    expect(fieldOf('activity', 'direction').options!(config)).toEqual(['in', 'out']);
    expect(fieldOf('activity', 'direction').names!(config)).toContainEqual({ id: 'in', name: 'inbound' });
    expect(fieldOf('activity', 'type').options!(config)).toEqual(['call', 'email', 'meeting', 'note']);
    expect(fieldOf('activity', 'by').names!(config)[0]).toEqual({ id: 'ana', name: 'Ana Ruiz' });
  });

  test('stands in timelines with what was said', () => {
    const { what, text, by } = moment('activity', 'at');
    expect(
      [{ type: 'call', direction: 'in' }, { type: 'email', direction: 'out' }, { type: 'note' }].map(each =>
        what({ id: 'V1', ...each }),
      ),
    ).toEqual(['incoming call', 'outgoing email', 'note']);
    const texts = [
      { subject: 'S', text: 'T' },
      { subject: 'S' },
      { text: 'T' },
      { subject: '', text: 'T' },
      { text: 7 },
      {},
    ];
    expect(texts.map(each => text({ id: 'V1', ...each }))).toEqual([
      'S: T',
      'S',
      'T',
      'T',
      undefined,
      undefined,
    ]);
    expect(by!({ id: 'V1', by: 'ben' })).toBe('ben');
  });
});

describe('an invoice', () => {
  const deal = { id: 'D1', account: 'A1', contacts: ['C1', 'C2'], currency: 'USD' };
  const records = [deal, { id: 'D2', currency: 'JPY' }];

  test('takes over the customer and the currency of its deal, and is of today', () => {
    expect(completed('invoice', { deal: 'D1', amount: '12' }, undefined, { records })).toEqual({
      deal: 'D1',
      account: 'A1',
      contact: 'C1',
      currency: 'USD',
      amount: '12.00',
      issued: '2026-09-14',
    });
    expect(
      completed(
        'invoice',
        { deal: 'D1', account: 'A9', contact: 'C9', currency: 'JPY', issued: 'x' },
        undefined,
        { records },
      ),
    ).toEqual({
      deal: 'D1',
      account: 'A9',
      contact: 'C9',
      currency: 'JPY',
      issued: 'x',
    });
    expect(completed('invoice', { deal: 'D2', amount: '12' }, undefined, { records })).toMatchObject({
      amount: '12',
      currency: 'JPY',
    });
    expect(completed('invoice', { account: 'A1', amount: '1' })).toMatchObject({
      currency: 'EUR',
      amount: '1.00',
    });
    expect(completed('invoice', { deal: 'D9' })).toMatchObject({ currency: 'EUR' });
  });

  test('keeps what it has when it changes', () => {
    const before = { id: 'I1', deal: 'D2', currency: 'USD', amount: '3.00', issued: '2026-01-01' };
    expect(completed('invoice', { amount: '4' }, before)).toEqual({ amount: '4.00', currency: 'USD' });
    expect(completed('invoice', { deal: 'D1' }, before, { records })).toEqual({
      deal: 'D1',
      currency: 'USD',
      amount: '3.00',
    });
    expect(completed('invoice', { currency: 'JPY' }, before)).toEqual({ currency: 'JPY', amount: '3' });
  });

  test('is for somebody, unless its customer was purged', () => {
    const nobody = usage('an invoice is for a deal, an account or a contact', '--for D12');
    expect(() => completed('invoice', { amount: '1' })).toThrow(nobody);
    expect(() => completed('invoice', { contact: null }, { id: 'I1', contact: 'C1' })).toThrow(nobody);
    expect(() => completed('invoice', { paid: '2026-01-01' }, { id: 'I1' })).not.toThrow();
    expect(() =>
      completed('invoice', { contact: null }, { id: 'I1', contact: 'C1', deal: 'D1' }),
    ).not.toThrow();
  });

  test('is shown as for its deal, else its account, else its contact, with its amount', () => {
    const { read } = fieldOf('invoice', 'for');
    const all = { id: 'I1', contact: 'C1', account: 'A1', deal: 'D1' };
    const { deal: _, ...dealless } = all;
    expect([all, dealless, { id: 'I1', contact: 'C1' }].map(read!)).toEqual(['D1', 'A1', 'C1']);
    expect(moment('invoice', 'issued').text({ id: 'I1', amount: '1200.00', currency: 'EUR' })).toContain(
      '1,200',
    );
    expect(moment('invoice', 'paid').text({ id: 'I1', amount: '1.00' })).toBe('');
    expect(moment('invoice', 'paid').text({ id: 'I1', currency: 'EUR' })).toBe('');
    expect(['issued', 'paid'].map(at => moment('invoice', at).what({ id: 'I1' }))).toEqual([
      'invoice',
      'invoice paid',
    ]);
  });
});

describe('a relation', () => {
  test('is a word between two contacts', () => {
    expect(completed('relation', { contact: 'C1', relation: 'Reports to', other: 'C2' }).relation).toBe(
      'reports-to',
    );
    expect(completed('relation', { other: 'C3' }, { id: 'R1', contact: 'C1', other: 'C2' })).toEqual({
      other: 'C3',
    });
    expect(() => completed('relation', { relation: '!' })).toThrow(
      usage('a relation is a word of letters, digits and hyphens', 'for example referred-by'),
    );
    const itself = usage('C1 cannot be related to itself', 'name two contacts');
    expect(() => completed('relation', { contact: 'C1', other: 'C1' })).toThrow(itself);
    expect(() => completed('relation', { other: 'C1' }, { id: 'R1', contact: 'C1', other: 'C2' })).toThrow(
      itself,
    );
    expect(() => completed('relation', { relation: 'x' })).not.toThrow();
  });
});

describe('an event', () => {
  test('was seen now, unless it says when', () => {
    expect(completed('event', { name: 'x' })).toEqual({ name: 'x', at: AT });
    expect(completed('event', { at: 'then' })).toEqual({ at: 'then' });
    expect(completed('event', { name: 'y' }, { id: 'E1' })).toEqual({ name: 'y' });
  });

  test('stands in timelines with what was seen', () => {
    const { what, text } = moment('event', 'at');
    expect(what({ id: 'E1', name: 'form.submitted' })).toBe('form.submitted');
    expect(text({ id: 'E1', props: { form: 'quote', size: 3, none: '', list: ['a'] } })).toBe(
      'form=quote size=3 list=["a"]',
    );
    expect(text({ id: 'E1', props: 'x' })).toBeUndefined();
    expect(text({ id: 'E1' })).toBeUndefined();
  });

  test('is a program’s if it was opened or clicked, and says so', () => {
    const cell = (name: string, props?: object) =>
      definition('event').columns![0]!.cell({ id: 'E1', name, ...(props && { props: props as never }) });
    expect(cell('email.opened', { machine: true })).toBe('yes');
    expect(cell('email.clicked', { machine: true })).toBe('yes');
    expect([
      cell('form.submitted', { machine: true }),
      cell('email.opened', { machine: 'yes' }),
      cell('email.opened', {}),
      cell('email.opened'),
    ]).toEqual([undefined, undefined, undefined, undefined]);
  });
});

describe('a message', () => {
  test('stands in timelines with its state, unless its log says all', () => {
    const { what, text } = moment('message', 'createdAt');
    expect(what({ id: 'M1', channel: 'email', status: 'sent' })).toBe('email sent');
    expect(
      [{ subject: 'S', to: 'a@x.com' }, { subject: 'S' }, { to: 'a@x.com' }, { subject: '' }].map(each =>
        text({ id: 'M1', ...each }),
      ),
    ).toEqual(['S, to a@x.com', 'S', 'to a@x.com', '']);
    const { saysAll } = definition('message').loggedBy!;
    expect(
      ['queued', 'sending', 'sent', 'filed', 'failed', undefined].map(status =>
        saysAll({ id: 'M1', status }),
      ),
    ).toEqual([true, true, true, true, false, false]);
  });
});
