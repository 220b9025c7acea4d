/**
 * main WORKER [--only NAME] [--scale 0.1] [--seed 1]
 *
 * Runs the proofs and prints what came of them, as a Markdown table. Exit code 1 where one found a violation. WORKER is
 * worker.ts as a program.
 */
import { parseArgs } from 'node:util';
import { proofs } from './proofs/index.ts';

/** So many violations of one proof are told; the table counts all. */
const TOLD = 30;

async function main(): Promise<void> {
  const [worker, ...args] = process.argv.slice(2);
  const { values } = parseArgs({
    args,
    options: {
      only: { type: 'string', default: '' },
      scale: { type: 'string', default: '1' },
      seed: { type: 'string', default: '1' },
    },
  });
  const trial = { scale: Number(values.scale), seed: Number(values.seed), worker: worker! };
  const chosen = proofs.filter(({ name }) => name.startsWith(values.only));
  if (chosen.length === 0 || !(trial.scale > 0) || !Number.isInteger(trial.seed)) {
    process.stderr.write(
      `--only one of: ${proofs.map(({ name }) => name).join('; ')}\n--scale 0.1, --seed 1\n`,
    );
    process.exitCode = 2;
    return;
  }
  process.stdout.write(`Seed ${trial.seed}, scale ${trial.scale}\n\n`);
  process.stdout.write('| test | tried | seconds | violations |\n|---|---|---|---|\n');
  for (const proof of chosen) {
    const begin = Date.now();
    const { tried, violations, skipped } = await proof.run(trial);
    const seconds = Math.round((Date.now() - begin) / 1000);
    const all = skipped === undefined ? tried : `${tried === '' ? '' : `${tried}; `}left out: ${skipped}`;
    process.stdout.write(`| ${proof.what} | ${all} | ${seconds} | ${violations.length} |\n`);
    for (const violation of violations.slice(0, TOLD)) process.stderr.write(`${proof.name}: ${violation}\n`);
    if (violations.length > 0) process.exitCode = 1;
  }
}

void main();
