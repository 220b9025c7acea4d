/**
 * The recipes of `crm help scripting` and `crm help cron`, executed in a workspace: commands of crm in this process,
 * other programs where they are installed. Where one is not, what crm hands to it is checked.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { topics } from '../../src/commands/topics.ts';
import { makeWorkspace, type Ran, type TestWorkspace } from '../harness.ts';
import { wordsOf } from '../shell.ts';

let ws: TestWorkspace;
let remove: () => void;
/** What was mailed: the words of `mail`, and the text. */
let mailed: { readonly words: readonly string[]; readonly text: string }[] = [];

beforeAll(async () => {
  [ws, remove] = await makeWorkspace('sales');
  await ws.ok('user add ana --name Ana --role admin');
  for (const [title, value] of [
    ['40 chairs', '52000'],
    ['Desks', '900'],
  ])
    await ws.ok(['deal', 'add', title!, '--value', value!, '--owner', 'ana', '--close', '2026-10-01']);
  await ws.ok('stage set to-contact rotting=1d probability=10 --pipeline sales');
  ws.now = '2026-10-02T08:00:00.000Z';
});
afterAll(() => remove());

const text = (name: string): Promise<string> => topics[name]!();

/** The lines of a topic that are typed or written as they stand: below a heading, each after its comment. */
const recipesIn = (topic: string, heading: string): string[] =>
  topic
    .slice(topic.indexOf(`\n${heading}`) + 1)
    .split('\n\n')[0]!
    .split('\n')
    .slice(1)
    .map(line => line.trim())
    .filter(line => line !== '' && !line.startsWith('#'));

const isInstalled = (program: string): boolean =>
  spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;

/** Splits a line of a shell where an operator stands outside of quotes. */
function splitAt(line: string, operator: '|' | '||' | '&&'): string[] {
  const parts = [''];
  for (const [piece] of line.matchAll(/'[^']*'|"[^"]*"|\|\||&&|\||[^'"|&]+|./g))
    if (piece === operator) parts.push('');
    else parts[parts.length - 1] += piece;
  return parts.map(part => part.trim());
}

/** Runs one command of a pipe; undefined where its program is not installed. */
async function runOne(line: string, stdin: string): Promise<Ran | undefined> {
  const words = wordsOf(line.replaceAll('2>/dev/null', '').replace('~/crm', ws.dir));
  const env: Record<string, string> = { HOME: join(ws.dir, '..') };
  while (/^[A-Z_]+=/.test(words[0]!)) {
    const [name, value] = words.shift()!.split('=') as [string, string];
    env[name] = value;
  }
  const [program, ...args] = words as [string, ...string[]];
  if (program === 'crm') {
    const [, file] = args.at(-2) === '>' ? args.splice(-2) : [];
    const ran = await ws.crm(args, { stdin, env: { ...env, NO_COLOR: '1' } });
    if (file !== undefined) writeFileSync(join(ws.dir, '..', file), ran.out);
    return ran;
  }
  if (program === 'mail') {
    mailed.push({ words: args, text: stdin });
    return outcome('');
  }
  // Somebody chooses the first line.
  if (program === 'fzf') return outcome(`${stdin.split('\n')[0]}\n`);
  if (!isInstalled(program)) return undefined;
  return outcome(
    execFileSync('sh', ['-c', line], { input: stdin, encoding: 'utf8', cwd: ws.dir, env: gitEnv }),
  );
}

const gitEnv = {
  ...process.env,
  ...{ GIT_AUTHOR_NAME: 'Ana', GIT_AUTHOR_EMAIL: 'ana@example.com' },
  ...{ GIT_COMMITTER_NAME: 'Ana', GIT_COMMITTER_EMAIL: 'ana@example.com', GIT_CONFIG_GLOBAL: '/dev/null' },
};

const outcome = (out: string): Ran => ({ code: 0, out, err: '', json: () => JSON.parse(out) as never });

/** Runs a line as a shell does: `&&`, `||` and pipes. Returns the last output, and what a missing program was handed. */
async function shell(line: string): Promise<{ out: string; handed?: string }> {
  let out = '';
  for (const whole of splitAt(line, '&&')) {
    for (const [i, either] of splitAt(whole, '||').entries()) {
      let ran: Ran | undefined;
      out = '';
      for (const part of splitAt(either, '|')) {
        ran = await runOne(part, out);
        if (!ran) return { out: '', handed: out };
        out = ran.out;
      }
      if (ran!.code === 0) break;
      expect(i, `${either}: ${ran!.err}`).toBeLessThan(splitAt(whole, '||').length - 1);
    }
  }
  return { out };
}

/** What each recipe of scripting leaves, by a word of it. */
const results: Readonly<Record<string, (done: { out: string; handed?: string }) => unknown>> = {
  '+rotting': async () => expect(await ws.ok('deal list -q tag:rotting')).toBe('D1\nD2\n'),
  jq: ({ out, handed }) =>
    handed === undefined ? expect(out).toBe('40 chairs\n') : expect(JSON.parse(handed)).toHaveLength(2),
  mlr: ({ out, handed }) =>
    handed === undefined
      ? expect(JSON.parse(out)).toEqual([{ owner: 'ana', value_sum: 52900 }])
      : expect(handed).toMatch(/^id,.*\bvalue\b.*\bowner\b/),
  fzf: async () => expect(await ws.ok('deal list -q stage:follow-up')).toBe('D1\n'),
  '> deals.csv': async () =>
    expect(execFileSync('cat', [join(ws.dir, '..', 'deals.csv')], { encoding: 'utf8' })).toContain(
      '40 chairs',
    ),
  '--by month': ({ out }) => expect(out).toContain('2026-10'),
  PS1: ({ out }) => expect(out).toBe(''),
  git: () =>
    expect(execFileSync('git', ['log', '--format=%s'], { cwd: ws.dir, encoding: 'utf8' })).toMatch(
      /^\d{4}-\d\d-\d\d\n$/,
    ),
};

describe('crm help scripting', () => {
  test('does what its recipes say', async () => {
    const topic = await text('scripting');
    const recipes = ['Recipes', 'Picking'].flatMap(heading => recipesIn(topic, heading));
    const left = new Set(Object.keys(results));
    for (const line of recipes) {
      const word = Object.keys(results).find(each => line.includes(each));
      expect(word, `nobody checks ${line}`).toBeDefined();
      left.delete(word!);
      // A prompt runs what is in it.
      const done = await shell(/^PS1=.*\$\((crm [^)]*)\)/.exec(line)?.[1] ?? line);
      await results[word!]!(done);
    }
    expect([...left]).toEqual([]);
    // And the prompt says what is due.
    await ws.ok('task add Call --for D1 --due 2026-10-01 --assignee ana');
    expect((await shell('crm status --prompt 2>/dev/null')).out).toContain('1 overdue');
  });
});

describe('crm help cron', () => {
  /** The command of a line of a crontab, whose times are right. */
  function commandAt(line: string): string {
    const [, times, command] = /^((?:[\d*/,-]+ ){5}) ?(.+)$/.exec(line)!;
    expect(times!.trim().split(' ')).toHaveLength(5);
    return command!;
  }
  const only = async (heading: string) => {
    const recipes = recipesIn(await text('cron'), heading);
    expect(recipes).toHaveLength(1);
    return commandAt(recipes[0]!);
  };

  test('mails if the nightly sweep fails, and only then', async () => {
    mailed = [];
    const line = await only('A sweep each night');
    await shell(line);
    expect(mailed).toEqual([]);
    const broken = join(ws.dir, 'automations', 'broken.yaml');
    writeFileSync(broken, 'name: Broken\nfor: deal\non:\n  - created\nsteps:\n  - nothing-like-it: 1\n');
    await shell(line);
    rmSync(broken);
    expect(mailed).toEqual([
      {
        words: ['-s', 'crm: the sweep failed', 'ana@example.com'],
        text: expect.stringMatching(/open/),
      },
    ]);
  });

  test('mails the forecast each week', async () => {
    mailed = [];
    await shell(await only('The forecast each Monday'));
    expect(mailed).toEqual([
      { words: ['-s', 'Forecast', 'team@example.com'], text: expect.stringContaining('PERIOD') },
    ]);
  });

  test('has a timer of systemd that runs a sweep', async () => {
    const topic = await text('cron');
    const unitAt = (file: string) =>
      new RegExp(`^ {2}\\S+/crm\\.${file}\\n((?: {4}.+\\n)+)`, 'm').exec(topic)![1]!.trimEnd();
    const [service, timer] = [unitAt('service'), unitAt('timer')];
    const unit = (lines: string) => lines.split('\n').map(line => line.trim());
    expect(unit(service)).toEqual(expect.arrayContaining(['[Unit]', '[Service]', 'Type=oneshot']));
    expect(unit(timer)).toEqual(expect.arrayContaining(['[Timer]', '[Install]', 'WantedBy=timers.target']));
    const command = /^ExecStart=(.*)$/m.exec(unit(service).join('\n'))![1]!;
    const ran = await runOne(command.replace('%h/crm', '~/crm').replace(/^\/usr\/bin\/env /, ''), '');
    expect([0, 1]).toContain(ran!.code);
    if (!isInstalled('systemd-analyze')) return;
    const calendar = /^OnCalendar=(.*)$/m.exec(unit(timer).join('\n'))![1]!;
    expect(spawnSync('systemd-analyze', ['calendar', calendar]).status).toBe(0);
  });

  test('runs each other line of a crontab', async () => {
    const topic = await text('cron');
    for (const [line] of topic.matchAll(/^ {2}(?:[\d*/,-]+ ){5} .*$/gm)) {
      const command = commandAt(line.trim())
        .replace('/srv/crm', '~/crm')
        .replace(/ >> .*/, '');
      const first = splitAt(splitAt(command, '||')[0]!, '|')[0]!;
      // There is no mailbox here: app/inbound/fetch.test.ts has one.
      if (first.includes('crm mail fetch')) continue;
      const { code, err } = (await runOne(first, ''))!;
      expect([0, 1], `${first}: ${err}`).toContain(code);
    }
  });
});
