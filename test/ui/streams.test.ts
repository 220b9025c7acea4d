import { openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { ClosedPipe, memorySink, nodeSink, processStreams } from '../../src/ui/streams.ts';
import { emptyDirectory } from '../harness.ts';

/** A stream whose writes end as `write` says, dressed as the stream of a process. */
function stream(write: (text: string, done: (error?: Error) => void) => void): NodeJS.WriteStream {
  const writable = new Writable({
    decodeStrings: false,
    write: (chunk: string, _, done) => write(chunk, done),
  });
  return Object.assign(writable, { isTTY: false }) as unknown as NodeJS.WriteStream;
}

const errno = (code: string) => Object.assign(new Error(`${code}: write`), { code });

describe('nodeSink', () => {
  test('waits until a slow reader has taken the text', async () => {
    const taken: string[] = [];
    const sink = nodeSink(
      stream((text, done) =>
        setTimeout(() => {
          taken.push(text);
          done();
        }, 5),
      ),
    );
    await sink.write('one');
    expect(taken).toEqual(['one']);
    await sink.write('two');
    expect(taken).toEqual(['one', 'two']);
  });

  test('every write into a closed pipe is ClosedPipe', async () => {
    let writes = 0;
    const sink = nodeSink(
      stream((_, done) => {
        writes++;
        done(errno('EPIPE'));
      }),
    );
    await expect(sink.write('x')).rejects.toBeInstanceOf(ClosedPipe);
    await expect(sink.write('y')).rejects.toBeInstanceOf(ClosedPipe);
    expect(writes).toBe(1);
  });

  test('a pipe that closes between two writes ends the second', async () => {
    const out = stream((_, done) => done());
    const sink = nodeSink(out);
    await sink.write('x');
    out.emit('error', errno('EPIPE'));
    await expect(sink.write('y')).rejects.toBeInstanceOf(ClosedPipe);
  });

  test('a full disk is a failure, not a closed pipe', async () => {
    const sink = nodeSink(stream((_, done) => done(errno('ENOSPC'))));
    await expect(sink.write('x')).rejects.toMatchObject({
      kind: 'FAILED',
      message: 'cannot write the output: ENOSPC: write',
    });
  });

  test('knows the present size of the terminal, and takes 80 columns if it has none', () => {
    const out = stream((_, done) => done());
    const sink = nodeSink(out);
    expect([sink.isTTY, sink.columns]).toEqual([false, 80]);
    Object.assign(out, { isTTY: true, columns: 132 });
    expect([sink.isTTY, sink.columns]).toEqual([true, 132]);
    out.columns = 0;
    expect(sink.columns).toBe(80);
  });
});

describe('processStreams', () => {
  test('throws for results, drops messages, and opens stdin only when it is asked for', async () => {
    let opened = 0;
    const streams = processStreams(
      {
        get stdin() {
          opened++;
          return process.stdin;
        },
        stdout: stream((_, done) => done(errno('EPIPE'))),
        stderr: stream((_, done) => done(errno('EPIPE'))),
      },
      { stdout: -1, stderr: -1 },
    );
    await streams.stderr.write('a message');
    await streams.stderr.write('another');
    await expect(streams.stdout.write('a result')).rejects.toBeInstanceOf(ClosedPipe);
    expect(opened).toBe(0);
    expect(streams.stdin).toBe(process.stdin);
  });

  test('writes into a file without a stream of Node', async () => {
    const path = join(emptyDirectory(), 'out');
    const [stdout, readOnly] = [openSync(path, 'w'), openSync(path, 'r')];
    const none = {} as typeof process;
    const streams = processStreams(none, { stdout, stderr: readOnly });
    await streams.stdout.write('één ');
    await streams.stdout.write('twee\n');
    await streams.stderr.write('a message that nobody can get');
    expect(readFileSync(path, 'utf8')).toBe('één twee\n');
    expect(streams.stdout).toMatchObject({ isTTY: false, columns: 80, rows: Number.POSITIVE_INFINITY });
    const toNobody = processStreams(none, { stdout: readOnly, stderr: readOnly });
    await expect(async () => toNobody.stdout.write('a result')).rejects.toMatchObject({ kind: 'FAILED' });
  });
});

test('memorySink keeps what is written', () => {
  const sink = memorySink({ isTTY: true, columns: 60 });
  sink.write('a');
  sink.write('b\n');
  expect(sink).toMatchObject({ text: 'ab\n', isTTY: true, columns: 60 });
});
