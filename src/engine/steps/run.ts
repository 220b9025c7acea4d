import { failed } from '../../domain/errors.ts';
import { queue } from './queue.ts';
import type { Step } from './step.ts';

export const run: Step = {
  name: 'run',
  summary:
    'queues a command of the machine: a program and its arguments, no shell; the record comes as JSON on stdin',
  params: {
    argv: { type: 'argv', description: 'the program and its arguments: [./notify.sh, won]', required: true },
  },
  short: 'argv',
  example: "run: [./notify.sh, '{{ contact.name }}']",
  run(running) {
    const { params, text } = running;
    const argv = (params.argv as readonly unknown[]).map(text);
    if (argv[0]!.trim() === '') throw failed('there is no program to run');
    return { did: `queued ${queue(running, { channel: 'run', to: argv[0]!, body: JSON.stringify(argv) })}` };
  },
};
