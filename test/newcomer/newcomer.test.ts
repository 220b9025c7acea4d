/**
 * The recorded run beside this file, typed again on a terminal of tmux: somebody who has never seen crm gets from an
 * empty directory to a forecast of their own CSV, with nothing but what the program says.
 */
import { cpSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { treeOf } from '../../src/commands/registry.ts';
import { recordKinds } from '../../src/kinds/index.ts';
import { emptyDirectory, NOW } from '../harness.ts';
import { lacksTmux, Terminal } from '../tmux.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const binary = fileURLToPath(new URL('../../bin/crm.js', import.meta.url));
const { commands } = treeOf(recordKinds);

interface Step {
  readonly sign: '$' | '<' | '^' | ' ';
  readonly text: string;
}

const steps: readonly Step[] = readFileSync(join(here, 'recording.txt'), 'utf8')
  .split('\n')
  .filter(line => line !== '' && !line.startsWith('#'))
  .map(line => ({ sign: line[0] as Step['sign'], text: line.slice(2).trim() }));

const typed = steps.filter(({ sign }) => sign === '$').map(({ text }) => text);

/** The words of a command line that somebody must have been told: the command, and the first word of what it takes. */
function toldWords(line: string): string {
  const [, first = '', second = ''] = line.split(' ');
  const isOneWord = Object.hasOwn(commands, first);
  return `crm ${first}${second !== '' && (!isOneWord || /^[a-z]+$/.test(second)) ? ` ${second}` : ''}`;
}

/** A shell on a terminal, with `crm` in its path and nothing else of crm. */
function terminalIn(home: string, cwd: string): Terminal {
  const bin = join(home, 'bin');
  mkdirSync(bin);
  symlinkSync(binary, join(bin, 'crm'));
  const env = {
    PATH: `${bin}:${process.env.PATH ?? ''}`,
    LANG: 'C.UTF-8',
    HOME: home,
    CRM_NOW: NOW,
    CRM_NO_DELIVER: '1',
    TZ: 'Europe/Amsterdam',
  };
  return new Terminal(home, cwd, env, 45);
}

const inOneLine = (text: string): string => text.replace(/\s+/g, ' ');

test.skipIf(lacksTmux)('leads from an empty directory to a forecast', async () => {
  const home = emptyDirectory();
  const cwd = join(home, 'north');
  mkdirSync(cwd);
  cpSync(join(here, 'deals.csv'), join(home, 'deals.csv'));
  const terminal = terminalIn(home, cwd);
  const shows = (what: () => string, text: string) =>
    expect.poll(what, { interval: 50, timeout: 60_000 }).toContain(text);
  /** What was shown before the last command was typed. */
  let before = '';
  for (const { sign, text } of steps) {
    if (sign === '$') {
      await terminal.isReady();
      before = terminal.shown;
      if (text !== 'crm') expect(inOneLine(before), 'nobody said this').toContain(toldWords(text));
      terminal.type(text);
    } else if (sign === '<') terminal.type(text);
    else if (sign === '^') terminal.press(text);
    else await shows(() => inOneLine(terminal.shown.slice(before.length)), inOneLine(text));
  }
});

test('asks for help at most twice', () => {
  expect(typed.filter(line => /^crm help|--help/.test(line)).length).toBeLessThanOrEqual(2);
  expect(typed.at(-1)).toBe('crm report forecast');
});
