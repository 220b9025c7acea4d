/** What a shell offers: asked as its script asks, and once through each shell that is here. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { emptyDirectory, type TestWorkspace, workspace } from '../harness.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

describe('what may come next', () => {
  let ws: TestWorkspace;
  const furnished = async (): Promise<TestWorkspace> => {
    const made = await workspace('automated-sales');
    await made.ok('user add ana --role restricted');
    await made.ok('user add ben');
    await made.ok('team add north ana ben');
    await made.ok('view add hot is:open');
    await made.ok('view add people --of contacts has:email');
    await made.ok('field add deal size --type choice --options small,large');
    await made.ok('deal add Chairs --owner ben --contact jane@example.com');
    await made.ok('deal add Tables --owner ana');
    await made.ok('task add Call --for D2 --assignee ana');
    await made.ok('deal add Gone');
    await made.ok('deal rm D3');
    return made;
  };
  const offered = async (line: string): Promise<string[]> =>
    (await ws.ok(['completion', 'words', '--', ...line.split(' ')]))
      .split('\n')
      .slice(0, -1)
      .map(each => each.split('\t')[0]!);

  test('commands, options, and their values', async () => {
    ws = await furnished();
    for (const [line, found] of [
      ['dea', ['deal']],
      ['deal mo', ['move']],
      ['deal l', ['list', 'lose']],
      ['deal ls --fo', ['--format']],
      ['deal list --format ', ['table', 'tsv', 'csv', 'json', 'jsonl', 'yaml', 'ids']],
      ['deal show ', ['D2', 'D1']],
      ['deal show C', []],
      ['deal restore ', ['D3']],
      ['stage restore ', []],
      ['user restore ', ['ana', 'ben']],
      ['deal move D1 in', ['in-progress', 'inactive']],
      ['deal move D1 --pipeline ', ['sales']],
      ['deal assign D1 ', ['auto', 'none', 'ana', 'ben', 'D2', 'D1']],
      ['deal add Lamps --owner a', ['ana']],
      ['deal add Lamps --stage news', ['newsletter']],
      ['deal contact D1 ', ['add', 'rm', 'primary']],
      ['deal contact D1 add ', ['C1']],
      ['deal set D1 siz', ['size=']],
      ['deal set D1 size=', ['size=small', 'size=large']],
      ['deal list siz', ['size:']],
      ['deal list size:l', ['size:large']],
      ['deal list is:open owner:', ['owner:ana', 'owner:ben', 'owner:me', 'owner:none']],
      ['report f', ['forecast', 'funnel']],
      ['report forecast --by ', ['day', 'week', 'month', 'quarter', 'year']],
      ['report losses --per o', ['owner']],
      ['report losses --per si', ['size']],
      ['report losses --pipeline sales,s', ['sales,sales']],
      ['report losses --sort -v', ['-value']],
      ['report losses --from last-', ['last-week', 'last-month', 'last-quarter', 'last-year']],
      ['report losses owner:b', ['owner:ben']],
      ['help rep', ['report', 'reports']],
      ['deal list is:', ['is:open', 'is:won', 'is:lost', 'is:overdue', 'is:rotting']],
      ['deal list next-action:o', ['next-action:overdue']],
      ['deal list @', ['@hot']],
      ['contact list @', ['@people']],
      ['contact list deals.v', ['deals.value:']],
      ['export contacts emai', ['email:', 'emails:']],
      ['task list type:c', ['type:call']],
      ['log m', ['meeting']],
      ['team set n', ['north']],
      ['team set north -b', ['-ben']],
      ['view show ', ['hot', 'people']],
      ['view add ', []],
      ['user rm ana --successor b', ['ben']],
      ['board --by owner s', ['sales', 'stage:', 'status:', 'stage-since:', 'score:', 'size:', 'stage-age:']],
      ['history T', ['T1']],
      ['help da', ['dates']],
      ['completion ', ['bash', 'zsh', 'fish', 'words']],
      ['frob ', []],
      ['deal frob ', []],
    ] as const)
      expect({ line, found: (await offered(line)).sort() }).toEqual({ line, found: [...found].sort() });
  });

  test('hidden things are not offered; without a workspace, commands are still offered', async () => {
    ws = await furnished();
    expect(await offered('--as ana deal show ')).toEqual(['D2']);
    const { out, err, code } = await ws.crm(['completion', 'words', '--', 'deal', 'move', 'D'], { cwd: '/' });
    expect({ out, err, code }).toEqual({ out: '', err: '', code: 0 });
    expect((await ws.crm(['completion', 'words', '--', 'deal', 'mo'], { cwd: '/' })).out).toMatch(/^move\t/);
  });
});

test('the scripts are those in completions/', async () => {
  const ws = await workspace('empty');
  for (const [shell, file] of [
    ['bash', 'crm.bash'],
    ['zsh', '_crm'],
    ['fish', 'crm.fish'],
  ] as const)
    expect(await ws.ok(`completion ${shell}`)).toBe(readFileSync(`${root}/completions/${file}`, 'utf8'));
  expect(await ws.crm('completion tcsh')).toMatchObject({ code: 2, out: '' });
});

/** What a shell prints for a script in which `crm` is the binary; `$1` is the line that is typed. */
async function inShell(shell: string, ws: TestWorkspace, script: string, line: string): Promise<string> {
  const bin = emptyDirectory();
  writeFileSync(join(bin, 'crm'), `#!/bin/sh\nexec "${process.execPath}" "${root}/bin/crm.js" "$@"\n`, {
    mode: 0o755,
  });
  const { stdout } = await execa(
    shell,
    shell === 'fish' ? ['-c', script, line] : ['-c', script, shell, line],
    {
      cwd: ws.dir,
      env: { PATH: `${bin}:${process.env.PATH ?? ''}`, HOME: ws.dir },
      extendEnv: false,
    },
  );
  return stdout;
}

/** Whether a shell may be tried. Where it is missing its test is left out, but never in CI. */
const isTried = (shell: string): boolean => {
  if (process.env.CI === 'true') return true;
  try {
    execFileSync(shell, ['-c', 'exit 0']);
    return true;
  } catch {
    return false;
  }
};

test.skipIf(!isTried('zsh'))('zsh (left out where there is none, in CI a failure)', async () => {
  const ws = await workspace();
  await ws.ok('deal add Chairs');
  // As the shell calls it, with the words of the line; what it would offer is printed.
  const script = `compdef() { : }
compadd() { local -a offered; offered=("\${(@P)@[-1]}"); print -rl -- "\${@[-2]}" $offered }
source <(crm completion zsh)
words=("\${(@s: :)1}") CURRENT=\${#words}
_crm`;
  expect(await inShell('zsh', ws, script, 'crm deal mov')).toBe('-a\nmove');
  expect(await inShell('zsh', ws, script, 'crm deal list stage:to')).toBe('-a\nstage:to-contact');
  expect(await inShell('zsh', ws, script, 'crm deal list clo')).toBe(
    '-a\nclose:\nclosed-at:\nclosed:\nclosed-stage:',
  );
});

test.skipIf(!isTried('fish'))('fish (left out where there is none, in CI a failure)', async () => {
  const ws = await workspace();
  await ws.ok('deal add Chairs');
  const script = 'crm completion fish | source; complete -C$argv[1]';
  expect(await inShell('fish', ws, script, 'crm deal mov')).toBe('move\tmove deals to a stage');
  expect(await inShell('fish', ws, script, 'crm deal set D1 stage=fo')).toBe('stage=follow-up\tFollow up');
});

test('bash, with its own ends of words', async () => {
  const ws = await workspace();
  await ws.ok('deal add Chairs');
  const typed = async (line: string) => {
    const script = `compopt() { echo "$@"; }
eval "$(crm completion bash)"
COMP_LINE=$1 COMP_POINT=\${#1}
_crm
printf '%s\\n' "\${COMPREPLY[@]}"`;
    return inShell('bash', ws, script, line);
  };
  expect(await typed('crm deal mov')).toBe('move');
  expect(await typed('crm deal list stage:to')).toBe('to-contact');
  expect(await typed('crm deal set D1 stage=fo')).toBe('follow-up');
  expect(await typed('crm deal list close')).toBe('-o nospace\nclose:\nclosed-at:\nclosed:\nclosed-stage:');
});
