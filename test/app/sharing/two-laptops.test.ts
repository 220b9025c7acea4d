/** The chapter "Two laptops, one deal" of `crm help remotes`, executed: what it shows is what is printed. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { emptyDirectory, workspace } from '../../harness.ts';
import { wordsOf } from '../../shell.ts';
import { bareRepository } from '../../store/remotes/git-repository.ts';
import { Machine } from './machines.ts';

const ADDRESS = 'git+file:///srv/git/crm.git';

test('two laptops share a deal through a git repository, and settle contradictions', async () => {
  const topic = readFileSync(new URL('../../../src/commands/topics/remotes.txt', import.meta.url), 'utf8');
  const chapter = /^Two laptops, one deal\n([\s\S]*?)\n\n/m.exec(topic)![1]!;
  const top = emptyDirectory();
  const repository = bareRepository();
  const first = new Machine((await workspace()).dir, join(top, 'first'));
  await first.ok(['deal', 'add', '40 chairs', '--value', '5000']);
  const second = new Machine(join(dirname(first.dir), 'acme'), join(top, 'second'));
  const shown: string[] = [];
  let minute = 0;
  for (const line of chapter.split('\n')) {
    const command = /^ {4}\$ crm (.*)$/.exec(line)?.[1];
    if (command === undefined) {
      if (/^ {2}\S/.test(line)) shown.push(line);
      continue;
    }
    const isSecond = command.includes(' acme');
    const machine = isSecond ? second : first;
    const words = wordsOf(command.replace(ADDRESS, `git+file://${repository}`));
    const now = `2026-09-14T08:${String(++minute).padStart(2, '0')}:00.000Z`;
    const ran = await machine.crm(words, {
      now,
      login: 'ana',
      cwd: isSecond ? dirname(second.dir) : first.dir,
    });
    const said = `${ran.out}${ran.err}`.replaceAll(`git+file://${repository}`, ADDRESS).trimEnd();
    shown.push(line, ...said.split('\n').map(each => `    ${each}`.trimEnd()));
  }
  expect(shown.join('\n')).toBe(chapter);
  await first.sound();
  await second.sound();
});
