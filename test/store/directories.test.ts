/** A directory that was made is there after a power cut, like the files in it. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeDirectory } from '../../src/store/disk/durable.ts';
import { emptyDirectory } from '../harness.ts';
import { hookedIo, unsyncedIo } from './hooked-io.ts';

test('each directory above a new one is synced, and none if the directory existed', () => {
  const dir = emptyDirectory();
  const opened: string[] = [];
  const io = hookedIo(
    {
      openSync(path, ...rest) {
        opened.push(String(path));
        return unsyncedIo.openSync(path, ...rest);
      },
    },
    unsyncedIo,
  );
  makeDirectory(io, join(dir, 'ws', 'data', 'journal'));
  expect(opened).toEqual([join(dir, 'ws', 'data'), join(dir, 'ws'), dir]);
  makeDirectory(io, join(dir, 'ws', 'data', 'journal'));
  expect(opened).toHaveLength(3);
});
