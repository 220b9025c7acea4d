/** A purge over git gives the ref a history of its own: it differs from the one before in what the purge names, and in nothing else. */
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { bareRepository } from '../../store/remotes/git-repository.ts';
import { type Machine, team } from './machines.ts';

const REF = 'refs/crm/journal';
let repository: string;

const git = (args: string[], input?: string): string =>
  execFileSync('git', ['-C', repository, ...args], {
    encoding: 'utf8',
    ...(input !== undefined && { input }),
  });

/** The transactions of the history, by the names of their files. */
function transactions(): Map<string, string> {
  const files = [...git(['rev-list', '--objects', REF]).matchAll(/^(\w+) (\d+\.jsonl)$/gm)];
  const output = git(['cat-file', '--batch'], files.map(([, object]) => `${object}\n`).join(''));
  let at = 0;
  return new Map(
    files.map(([, object, name]) => {
      const head = /blob (\d+)\n/y;
      at += object!.length + 1;
      head.lastIndex = at;
      const size = Number(head.exec(output)![1]);
      const bytes = output.slice(head.lastIndex, head.lastIndex + size);
      at = head.lastIndex + size + 1;
      return [name!, bytes];
    }),
  );
}

/** Gives the ref a history with these transactions alone. */
function replaceHistory(by: readonly (readonly [name: string, bytes: string])[]): void {
  const files = [...by]
    .sort(([x], [y]) => (x < y ? -1 : 1))
    .map(([name, bytes]) => `M 100644 inline ${name}\ndata ${Buffer.byteLength(bytes)}\n${bytes}\n`);
  const subject = `crm 1-${files.length}`;
  git(['update-ref', '-d', REF]);
  git(
    ['fast-import', '--quiet', '--force'],
    `commit ${REF}\ncommitter crm <crm@localhost> 0 +0000\ndata ${subject.length}\n${subject}\ndeleteall\n${files.join('')}`,
  );
}

test('the history after a purge differs from the one before in what the purge names; another difference is refused, and nothing is taken in', async () => {
  repository = bareRepository();
  const [a, b] = (await team(2, () => `git+file://${repository}`)).machines as [Machine, Machine];
  await a.ok(['contact', 'add', 'Jane Roe', '--email', 'jane@example.com']);
  await a.ok('deal set D1 contact=C1 title=Tables');
  await a.ok('deal add Lamps');
  await a.ok('sync');
  await b.ok('sync');
  const old = transactions();
  await a.ok('purge C1 --yes --acknowledge-remote');

  const after = git(['rev-parse', REF]).trim();
  const now = transactions();
  const differing = [...old].filter(([name, bytes]) => now.get(name) !== bytes).map(([name]) => name);
  const purge = [...now.values()].find(bytes => bytes.includes('"kind":"purge"'))!;
  const named = [...purge.matchAll(/"kind":"purge","seq":(\d+)/g)].map(
    ([, seq]) => `${seq!.padStart(8, '0')}.jsonl`,
  );
  expect(differing.sort()).toEqual(named.sort());
  expect(named.length).toBeGreaterThan(0);
  expect([...now.values()].join('')).not.toMatch(/jane/i);

  const deals = await b.deals();
  replaceHistory([...now].map(([name, bytes]) => [name, bytes.replace('Lamps', 'Limps')]));
  expect(await b.crm('sync')).toMatchObject({ code: 5, err: expect.stringMatching(/is damaged/) });
  expect(await b.deals()).toEqual(deals);
  expect((await b.json<{ name: string }[]>('contact list')).map(({ name }) => name)).toEqual(['Jane Roe']);

  git(['update-ref', REF, after]);
  await b.ok('sync');
  for (const machine of [a, b]) await machine.sound();
});
