/**
 * commands DIRECTORY NOW < COMMANDS
 *
 * Runs commands, given as a JSON array of their arguments, in the workspace, one after the other in this process: what
 * takes minutes with a process for each.
 */
import { readFileSync } from 'node:fs';
import { nodeIo } from '../../src/store/disk/io.ts';
import { Machine } from '../torture/machine.ts';

async function main([dir, now]: readonly string[]): Promise<void> {
  const machine = new Machine(nodeIo, dir!);
  for (const args of JSON.parse(readFileSync(0, 'utf8')) as string[][]) await machine.ok(args, { now: now! });
}

main(process.argv.slice(2)).catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
