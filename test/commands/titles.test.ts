/** Titles that are templates, and what a stage demands of a deal. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { copiesOf, workspace } from '../harness.ts';

describe('a title with variables', () => {
  test('is written out, of the deal or task that gets it', async () => {
    const ws = await workspace();
    await ws.ok('user add ana');
    await ws.ok([
      'deal',
      'add',
      'Chairs for {{ contact.name }} ({{ account.name }})',
      '--contact',
      'jane@example.com',
      '--contact-name',
      'Jane Roe',
      '--account',
      'Acme',
      '--value',
      '10',
    ]);
    await ws.ok([
      '--as',
      'ana',
      'deal',
      'add',
      '--title',
      '{{ owner.name }}: {{ deal.value }} {{ deal.currency }} {{ deal.stage }}',
      '--value',
      '10',
    ]);
    await ws.ok(['deal', 'add', 'For {{ account.name }}', '--contact', 'jane@example.com']);
    expect(await ws.ok('deal list --fields title')).toBe(
      'Chairs for Jane Roe (Acme)\nana: 10.00 EUR to-contact\nFor Acme\n',
    );
    await ws.ok(['task', 'add', 'Call {{ contact.name | upcase }} about {{ deal.title }}', '--for', 'D1']);
    await ws.ok(['task', 'add', 'Visit {{ account.name }}', '--for', 'Acme']);
    expect(await ws.ok('task list --fields title')).toBe(
      'Call JANE ROE about Chairs for Jane Roe (Acme)\nVisit Acme\n',
    );
    // One change each: that it was a template is nobody's history.
    expect(await ws.ok('history --json')).not.toContain('{{');
  });

  test.each([
    ['Chairs for {{ contact.nmae }}', 'title: unknown variable {{ contact.nmae }}'],
    ['Chairs for {{ contact.name }}', 'title: '],
    ['Chairs for {{ contact.name', 'title: '],
  ])('%s is refused where it says nothing', async (title, message) => {
    const ws = await workspace();
    const ran = await ws.crm(['deal', 'add', title]);
    expect([ran.code, ran.out]).toEqual([2, '']);
    expect(ran.err).toContain(message);
    expect(await ws.ok('deal list -q')).toBe('');
  });

  test('an import takes titles as they are', async () => {
    const ws = await workspace();
    await ws.ok('import deals -', { stdin: 'title\n{{ contact.name }}\n' });
    expect(await ws.ok('deal list --fields title')).toBe('{{ contact.name }}\n');
  });
});

describe('what a stage requires', () => {
  const demanding = copiesOf(async () => {
    const ws = await workspace();
    await ws.ok('field add deal product --type text');
    await ws.ok('stage set in-contact requires=product,contact');
    return ws;
  });

  test('must be there when a deal enters it, and while it is in it', async () => {
    const ws = await demanding();
    await ws.ok('deal add Chairs');
    expect(await ws.crm('deal move D1 in-contact')).toMatchObject({
      code: 2,
      err: 'Error: a deal in in-contact needs a product\nHint: crm deal set D1 product=...\n',
    });
    await ws.ok('deal set D1 product=chairs stage=in-contact contact=C1').catch(() => {});
    await ws.ok('contact add --email jane@example.com');
    await ws.ok('deal set D1 product=chairs stage=in-contact contact=C1');
    expect(await ws.crm('deal set D1 product=')).toMatchObject({
      code: 2,
      err: expect.stringContaining('needs a product'),
    });
    expect(await ws.crm('deal contact D1 rm C1')).toMatchObject({
      code: 2,
      err: expect.stringContaining('needs a contact'),
    });
    await ws.ok('deal set D1 value=7 product=tables');
    await ws.ok('deal win D1');
    await ws.ok('deal move D1 follow-up');
    await ws.ok('deal set D1 product=');
    expect(await ws.crm('deal add Desks --stage in-contact')).toMatchObject({
      code: 2,
      err: 'Error: a deal in in-contact needs a product\nHint: --field product=...\n',
    });
    expect(await ws.json('stage show in-contact')).toMatchObject({ requires: ['product', 'contact'] });
  });

  test('does not stop what is in it already from being changed otherwise', async () => {
    const ws = await workspace();
    await ws.ok('field add deal product --type text');
    await ws.ok('deal add Chairs --stage in-contact');
    await ws.ok('stage set in-contact requires=product');
    await ws.ok('deal set D1 value=7');
    await ws.ok('deal lose D1 --reason price');
  });

  test('is a field of deals', async () => {
    const ws = await demanding();
    expect(await ws.crm('stage set in-contact requires=prodct')).toMatchObject({
      code: 2,
      err: expect.stringContaining('unknown field "prodct" of deals'),
    });
    const file = join(ws.dir, 'pipelines', 'sales.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('product, contact', 'product, idle'));
    expect(await ws.crm('deal list')).toMatchObject({
      code: 5,
      err: expect.stringMatching(/pipelines\/sales\.yaml:\d+: unknown field "idle" of deals/),
    });
  });
});
