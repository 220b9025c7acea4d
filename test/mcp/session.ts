/** An assistant's side of `crm mcp`: the client of the SDK, over pipes in this process. */
import { PassThrough } from 'node:stream';
import { Client, type ClientOptions } from '@modelcontextprotocol/client';
import { onTestFinished } from 'vitest';
import type { Json } from '../../src/domain/records.ts';
import type { RunOptions, TestWorkspace } from '../harness.ts';

export interface Answer {
  /** All texts, as the assistant reads them. */
  readonly text: string;
  readonly isError: boolean;
  readonly structured: { readonly [name: string]: Json };
}

export interface Session {
  readonly client: Client;
  call(name: string, input?: Record<string, unknown>): Promise<Answer>;
  /** Closes standard input, and returns the exit code. */
  end(): Promise<number>;
  /** What was written to standard error. */
  readonly said: string[];
}

export interface SessionOptions extends Pick<RunOptions, 'env' | 'onStop'> {
  /** Words of the command line after `crm mcp`. */
  readonly words?: readonly string[];
  /** The stateless revision instead of the handshake. */
  readonly modern?: boolean;
  readonly capabilities?: NonNullable<ClientOptions['capabilities']>;
  /** Before the client connects. */
  readonly prepare?: (client: Client) => void;
}

/** Starts `crm mcp` in a workspace and connects a client to it; it ends with the test. */
export async function connect(ws: TestWorkspace, options: SessionOptions = {}): Promise<Session> {
  const { words = [], modern = false, capabilities = {}, env, onStop, prepare } = options;
  const stdin = new PassThrough();
  const said: string[] = [];
  let received: (line: string) => void = () => {};
  let rest = '';
  const stdout = {
    isTTY: false,
    columns: 80,
    rows: Number.POSITIVE_INFINITY,
    write(text: string) {
      const lines = (rest + text).split('\n');
      rest = lines.pop()!;
      for (const line of lines) received(line);
    },
  };
  const running = ws.crm(['mcp', ...words], {
    screen: { stdin, stdout, signals: { listen: () => () => {}, suspend: async () => {} } },
    said: text => void said.push(text),
    ...(env && { env }),
    ...(onStop && { onStop }),
  });
  const client = new Client(
    { name: 'assistant', version: '1' },
    { capabilities, ...(modern && { versionNegotiation: { mode: { pin: '2026-07-28' } } }) },
  );
  prepare?.(client);
  const end = async () => {
    stdin.end();
    return (await running).code;
  };
  onTestFinished(async () => void (await end()));
  await client.connect({
    async start() {
      received = line => this.onmessage?.(JSON.parse(line));
      void running.then(() => this.onclose?.());
    },
    async send(message) {
      stdin.write(`${JSON.stringify(message)}\n`);
    },
    async close() {
      stdin.end();
    },
  } as Parameters<Client['connect']>[0]);
  return {
    client,
    said,
    end,
    async call(name, input = {}) {
      const { content, isError, structuredContent } = await client.callTool({ name, arguments: input });
      const texts = content.map(each => (each.type === 'text' ? each.text : ''));
      return {
        text: texts.join('\n'),
        isError: isError === true,
        structured: (structuredContent ?? {}) as Answer['structured'],
      };
    },
  };
}
