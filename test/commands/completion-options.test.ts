/** What is offered for the values of options whose placeholder is a word of its own: TYPE, CODE, NAME. */
import { expect, test } from 'vitest';
import { workspace } from '../harness.ts';

test('an option offers what it takes', async () => {
  const ws = await workspace('automated-sales');
  await ws.ok('task-type add visit --contact yes');
  await ws.ok(['template', 'add', 'offer', '--subject', 'Offer', '--body', 'Hello']);
  await ws.ok('automation add --template lost-win-back');
  await ws.ok('config set rates.USD=0.92');
  const types = ['call', 'email', 'meeting', 'todo', 'visit'];
  const table: readonly (readonly [line: string, ...found: readonly string[]])[] = [
    ['task done T1 --next Offer --type ', ...types],
    ['task-type rm visit --move-to ', ...types],
    ['field add deal size --type ch', 'choice', 'choices'],
    ['automation enrolments --status f', 'failed'],
    ['log call D1 hello --direction ', 'in', 'out'],
    ['pipeline add X --assign ', 'round-robin', 'round-robin-value', 'least-busy', 'none'],
    ['pipeline add X --template ', 'sales', 'automated-sales'],
    ['pipeline add X --currency ', 'EUR', 'USD'],
    ['report forecast --currency U', 'USD'],
    ['report movement --due next-', 'next-week', 'next-month', 'next-quarter', 'next-year'],
    ['stage add X --stage-color g', 'green', 'gray'],
    ['stage add X --forecast c', 'commit'],
    ['task-type add x --contact ', 'yes', 'no'],
    ['init --template ', 'sales', 'automated-sales', 'empty'],
    ['mail setup --via ', 'smtp', 'sendmail', 'files'],
    ['mail setup --tls ', 'starttls', 'tls', 'none'],
    ['mail write D1 --template ', 'offer'],
    ['mail write D1 --when ', 'sent', 'replied'],
    ['mail write D1 --start ', 'lost-win-back'],
    ['run --only ', 'lost-win-back'],
    ['event import --provider post', 'postmark'],
  ];
  const offered = await Promise.all(
    table.map(async ([line]) => {
      const words = await ws.ok(['completion', 'words', '--', ...line.split(' ')]);
      const found = words.split('\n').flatMap(each => each.split('\t')[0] || []);
      return [line, ...found];
    }),
  );
  expect(offered).toEqual(table);
});
