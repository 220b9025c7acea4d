/** What leaves with a release: the package, its licences, an image, a formula, and the workflow that publishes. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { emptyDirectory } from './harness.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const text = (path: string) => readFileSync(join(root, path), 'utf8');
const manifest = JSON.parse(text('package.json')) as {
  name: string;
  version: string;
  files: string[];
  scripts: Record<string, string>;
};

test('the package has the program and what it needs, no tests, sources or maps, and less than 2 MB', async () => {
  // The manual is made when it is packed; .ci/run looks at it there.
  const { stdout } = await execa('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: root });
  const [{ files, size }] = JSON.parse(stdout) as [{ files: { path: string }[]; size: number }];
  const paths = files.map(({ path }) => path);
  for (const path of ['bin/crm.js', 'dist/crm.cjs', 'dist/THIRD-PARTY-LICENSES.txt', 'LICENSE', 'README.md'])
    expect(paths).toContain(path);
  for (const path of readdirSync(join(root, 'completions'))) expect(paths).toContain(`completions/${path}`);
  expect(paths.filter(path => /^(src|test|fixtures|docs|\.)|\.map$|\.ts$|\.tgz$/.test(path))).toEqual([]);
  expect(size).toBeLessThan(2_000_000);
});

test('installing it runs nothing: there are no install scripts', () => {
  expect(Object.keys(manifest.scripts).filter(name => /install|^prepare$/.test(name))).toEqual([]);
});

test('every bundled library brings its licence, and where its source is', () => {
  const notices = text('dist/THIRD-PARTY-LICENSES.txt').split(`\n${'-'.repeat(72)}\n\n`);
  const named = new Map(notices.map(notice => [notice.split(' ')[0]!, notice]));
  for (const file of readdirSync(join(root, 'dist/vendor'))) {
    const name = file.replace(/\.cjs$/, '').split('-')[0]!;
    expect([file, [...named.keys()].some(each => each.replace('@', '').startsWith(name))]).toEqual([
      file,
      true,
    ]);
  }
  for (const [name, notice] of named) {
    const [head, source, empty, ...licence] = notice.split('\n');
    expect([name, head]).toEqual([name, expect.stringMatching(/^\S+ \d+\.\d+\.\d+\S* \(.+\)$/)]);
    expect([name, source, empty]).toEqual([name, expect.stringMatching(/\S/), '']);
    expect([name, licence.join('\n').length > 300]).toEqual([name, true]);
  }
  const ical = named.get('ical.js')!;
  expect(ical).toContain('(MPL-2.0)\ngit+https://github.com/kewisch/ical.js.git\n');
  expect(ical).toContain('Mozilla Public License Version 2.0');
});

describe('the image', () => {
  const lines = text('fixtures/docker/Dockerfile')
    .replace(/\\\n/g, ' ')
    .split('\n')
    .filter(line => line.trim() !== '' && !line.startsWith('#'))
    .map(line => /^([A-Z]+) (.+)$/.exec(line)!.slice(1) as [string, string]);
  const of = (name: string) => lines.flatMap(([each, value]) => (each === name ? [value] : []));

  test('is a slim Node with the packed crm, run by somebody who is not root, in /workspace', () => {
    expect(lines[0]).toEqual(['FROM', 'node:24-slim']);
    const known = ['FROM', 'COPY', 'RUN', 'USER', 'WORKDIR', 'VOLUME', 'EXPOSE', 'ENTRYPOINT', 'CMD'];
    expect(lines.map(([name]) => name).filter(name => !known.includes(name))).toEqual([]);
    expect([of('USER'), of('WORKDIR')]).toEqual([['node'], ['/workspace']]);
    const at = (name: string) => lines.findIndex(([each]) => each === name);
    expect(at('USER')).toBeGreaterThan(lines.findLastIndex(([each]) => each === 'RUN'));
    expect(at('ENTRYPOINT')).toBeGreaterThan(at('USER'));
    for (const name of ['VOLUME', 'ENTRYPOINT', 'CMD'])
      expect(() => JSON.parse(of(name)[0]!) as unknown).not.toThrow();
  });

  test('copies what npm pack makes, as its README says, and starts what the package calls crm', () => {
    const [from] = of('COPY')[0]!.split(' ') as [string];
    expect(`${manifest.name}-${manifest.version}.tgz`).toMatch(new RegExp(`^${from.replace('*', '.*')}$`));
    expect(text('fixtures/docker/README.md')).toContain('npm pack --pack-destination fixtures/docker\n');
    expect(of('ENTRYPOINT')).toEqual(['["crm"]']);
  });

  test('has a shell line that a shell can read', async () => {
    for (const line of of('RUN')) await execa('sh', ['-n', '-c', line]);
  });
});

describe('the Homebrew formula', () => {
  test('is of this version, and installs files that the package has', () => {
    const formula = text('fixtures/homebrew/crm.rb');
    expect(formula).toContain(`/${manifest.name}-${manifest.version}.tgz"\n`);
    expect(formula).toMatch(/^ {2}sha256 "[0-9a-f]{64}"$/m);
    const named = [...formula.matchAll(/package\/"(completions\/[^"]+)"/g)].map(([, path]) =>
      path!.slice(12),
    );
    expect(named.sort()).toEqual(readdirSync(join(root, 'completions')).sort());
  });

  test('is renewed from the tarball of a release', async () => {
    const dir = emptyDirectory();
    const tarball = join(dir, 'terminal-crm-7.8.9.tgz');
    writeFileSync(tarball, 'abc');
    const renew = (...args: string[]) =>
      execa('node', [join(root, 'fixtures/homebrew/renew.mjs'), ...args], { reject: false });
    await renew(tarball, join(dir, 'crm.rb'));
    const formula = readFileSync(join(dir, 'crm.rb'), 'utf8');
    expect(formula).toContain('/terminal-crm-7.8.9.tgz"\n');
    expect(formula).toContain('sha256 "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"\n');
    expect((await renew(join(dir, 'other.tgz'))).exitCode).toBe(2);
  });
});

test('a release passes all checks first, and is published with provenance', () => {
  interface Step {
    readonly run?: string;
    readonly uses?: string;
  }
  const workflow = parse(text('.github/workflows/release.yml')) as {
    on: { push: { tags: string[] } };
    permissions: Record<string, string>;
    jobs: Record<string, { permissions: Record<string, string>; steps: Step[] }>;
  };
  expect(workflow.on.push.tags).toEqual(['v[0-9]+.[0-9]+.[0-9]+']);
  expect(workflow.permissions).toEqual({ contents: 'read' });
  const { permissions, steps } = workflow.jobs.publish!;
  expect(permissions).toEqual({ contents: 'read', 'id-token': 'write' });
  const at = (part: string) => steps.findIndex(({ run = '' }) => run.includes(part));
  expect(at('bash .ci/run')).toBeGreaterThan(0);
  expect(at('npm publish --provenance')).toBeGreaterThan(at('bash .ci/run'));
});
