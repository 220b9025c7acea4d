/** Files and directories named on a command line that are not what they should be: said in words, with what would be right. */
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { emptyDirectory, type TestWorkspace, workspace } from '../../harness.ts';

/** A workspace, and a directory outside it with one of each that is not a proper file. */
async function beside(): Promise<{ ws: TestWorkspace; cwd: string }> {
  const ws = await workspace();
  const cwd = emptyDirectory();
  mkdirSync(join(cwd, 'folder'));
  writeFileSync(join(cwd, 'file'), '');
  writeFileSync(join(cwd, 'people.csv'), 'name,email\nJane,jane@example.com\nJim,jane@example.com\n');
  symlinkSync('circle', join(cwd, 'circle'));
  return { ws, cwd };
}

/** What is said of a command line, after -C; the codes of the system are for no one to read. */
async function said(line: string): Promise<{ code: number; err: string }> {
  const { ws, cwd } = await beside();
  const { code, out, err } = await ws.crm(`-C ${ws.dir} ${line}`, { cwd });
  expect(out).toBe('');
  return { code, err: err.replaceAll(cwd, 'HERE') };
}

describe('a file that cannot be written', () => {
  test.each([
    ['no/such/x.csv', 'there is no directory no/such', 'mkdir -p no/such'],
    ['folder', 'it is a directory', 'name a file in it: folder/NAME'],
    ['file/x.csv', 'file is not a directory', undefined],
    ['circle', 'its symbolic links lead in a circle', undefined],
  ])('%s: %s', async (file, reason, hint) => {
    const expected = {
      code: 1,
      err: `Error: ${file} cannot be written: ${reason}\n${hint === undefined ? '' : `Hint: ${hint}\n`}`,
    };
    expect(await said(`export deals -o ${file}`)).toEqual(expected);
    expect(await said(`import contacts people.csv --errors ${file}`)).toEqual(expected);
  });

  test('is said before an import writes anything', async () => {
    const { ws, cwd } = await beside();
    const line = `-C ${ws.dir} import contacts people.csv --skip-invalid --errors`;
    expect((await ws.crm(`${line} no/such/x.csv`, { cwd })).code).toBe(1);
    expect(await ws.ok('contact list -q')).toBe('');
    expect((await ws.crm(`${line} failed.csv`, { cwd })).code).toBe(1);
    expect(await ws.ok('contact list -q')).toBe('C1\n');
    expect(readFileSync(join(cwd, 'failed.csv'), 'utf8')).toContain('Jim,jane@example.com,');
  });
});

describe('a file that cannot be read', () => {
  test.each(['import contacts', 'automation add x', 'automation backtest', 'template add x'])(
    '%s',
    async command => {
      const ending = command === 'automation backtest' ? '.yaml' : '';
      if (ending === '') {
        // A directory of vCards would be imported.
        const wanted = command === 'import contacts' ? 'without vCards' : ', and not a file';
        expect(await said(`${command} folder`)).toEqual({
          code: 2,
          err: expect.stringMatching(new RegExp(`^Error: folder is a directory ?${wanted}`)) as string,
        });
        expect(await said(`${command} circle`)).toEqual({
          code: 1,
          err: expect.stringMatching(
            /^Error: circle cannot be read: its symbolic links lead in a circle\n/,
          ) as string,
        });
      }
      for (const file of [`missing${ending}`, `file/x${ending}`])
        expect(await said(`${command} ${file}`)).toEqual({
          code: 3,
          err: expect.stringMatching(`^Error: there is no file ${file}\n`) as string,
        });
    },
  );
});

describe('a mapping', () => {
  test.each([
    ['folder', 2, 'folder is a directory, and not a file'],
    ['circle', 1, 'circle cannot be read: its symbolic links lead in a circle'],
    ['missing', 3, 'there is no mapping "missing": neither a file nor under imports in crm.yaml'],
    ['people.csv', 5, 'people.csv:1: the file must be a map'],
  ])('%s', async (mapping, code, message) => {
    const { err, ...ran } = await said(`import contacts people.csv --mapping ${mapping}`);
    expect(ran.code).toBe(code);
    expect(err.split('\n')[0]).toBe(`Error: ${message}`);
  });

  test('that comes with crm is found beside a directory of its name', async () => {
    const { ws, cwd } = await beside();
    mkdirSync(join(cwd, 'hubspot'));
    writeFileSync(join(cwd, 'export.csv'), 'Record ID,First Name,Last Name\n7,Jane,Roe\n');
    await ws.ok(`-C ${ws.dir} import contacts export.csv --mapping hubspot`, { cwd });
    expect(await ws.json('contact show C1')).toMatchObject({ name: 'Jane Roe' });
  });

  test('of the wrong shape says what each value must be, at its line', async () => {
    const { ws, cwd } = await beside();
    writeFileSync(
      join(cwd, 'm.yaml'),
      'kind: 3\ncolumns:\n  Name: [a]\n  Mail: { feild: email }\nset: { a: [1] }\ncreate-missing: accounts\n',
    );
    const { code, err } = await ws.crm(`-C ${ws.dir} import contacts people.csv --mapping m.yaml`, { cwd });
    expect([code, err.split('\n').slice(0, -1)]).toEqual([
      5,
      [
        'Error: m.yaml:1: kind must be a text',
        '  m.yaml:3: Name must be a text or a map',
        '  m.yaml:4: unknown key "feild" (did you mean field?)',
        '  m.yaml:5: a must be a text or a number or a boolean, true or false',
        '  m.yaml:6: create-missing must be a list',
      ],
    ]);
  });
});

describe('a directory', () => {
  test.each([
    ['export all file', 1, 'HERE/file is a file, and not a directory'],
    ['doctor --salvage file', 1, 'HERE/file is a file, and not a directory'],
    ['doctor --replay file', 3, 'HERE/file is not a directory'],
    ['import all file', 3, 'there is no exported workspace in HERE/file'],
    ['init file', 1, 'HERE/file is a file, and not a directory'],
    ['init file/deeper', 1, 'HERE/file is a file, and not a directory'],
  ])('%s', async (line, code, message) => {
    const ran = await said(line);
    expect([ran.code, ran.err.split('\n')[0]]).toEqual([code, `Error: ${message}`]);
  });
});
