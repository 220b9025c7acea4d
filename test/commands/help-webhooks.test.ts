/** The examples of `crm help webhooks`, as a receiver would use them, against what the channel sends. */
import { execaSync } from 'execa';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { webhookChannel } from '../../src/channels/webhook.ts';
import { emptyDirectory, workspace } from '../harness.ts';

/** The lines of a part of the topic, from its head up to the next line that is not indented. */
function example(topic: string, head: string): string {
  const lines = topic.slice(topic.indexOf(`\n${head}\n`) + head.length + 2).split('\n');
  const end = lines.findIndex(line => line !== '' && !line.startsWith('  '));
  return lines
    .slice(0, end)
    .map(line => line.slice(2))
    .join('\n');
}

/** The header and the body of a call that is signed with these secrets now. */
async function signed(secrets: readonly string[], body: string): Promise<string> {
  let header = '';
  const server = createServer((request, response) => {
    header = String(request.headers['x-crm-signature']);
    response.end();
  });
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const channel = webhookChannel({
    isInternal: () => true,
    secretsOf: async () => secrets,
    userAgent: 'crm',
  });
  const call = { channel: 'webhook', id: 'M1', key: 'k', attempt: 1, at: Date.now(), url, body } as const;
  expect(await channel.send(call, new AbortController().signal)).toMatchObject({ outcome: 'sent' });
  await channel.close?.();
  server.close();
  return header;
}

test('both examples accept what crm signs, with either secret, and nothing else', async () => {
  const topic = await (await workspace('empty')).ok('help webhooks');
  const body = '{"title":"Stühle"}';
  const header = await signed(['new', 'old'], body);
  const late = header.replace(/t=\d+/, `t=${Math.floor(Date.now() / 1000) - 400}`);
  const cases = [
    [header, body, 'new'],
    [header, body, 'old'],
    [header, body, 'other'],
    [header, body.replace('ü', 'u'), 'new'],
    [late, body, 'new'],
    ['', body, 'new'],
    ['t=1,v1=', body, 'new'],
  ];
  const expected = [true, true, false, false, false, false, false];
  const dir = emptyDirectory();
  writeFileSync(
    join(dir, 'check.mjs'),
    `${example(topic, 'Node')}
const cases = ${JSON.stringify(cases)};
console.log(JSON.stringify(cases.map(([header, body, secret]) => isFromCrm(header, Buffer.from(body), secret))));`,
  );
  expect(JSON.parse(execaSync('node', [join(dir, 'check.mjs')]).stdout)).toEqual(expected);
  writeFileSync(
    join(dir, 'check.py'),
    `${example(topic, 'Python')}
import json
cases = json.loads(${JSON.stringify(JSON.stringify(cases))})
print(json.dumps([is_from_crm(header, body.encode(), secret) for header, body, secret in cases]))`,
  );
  const python = execaSync('python3', [join(dir, 'check.py')], { reject: false });
  if (python.exitCode !== undefined || python.code !== 'ENOENT')
    expect(JSON.parse(python.stdout)).toEqual(expected);
});
