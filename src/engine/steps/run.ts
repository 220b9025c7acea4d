import { renderedCommand } from '../rules/command-lines.ts';
import { queue } from './queue.ts';
import type { Reading, Step } from './step.ts';

export const run: Step = {
  name: 'run',
  summary:
    'queues a command of the machine: a program and its arguments, no shell; the record comes as JSON on stdin',
  params: {
    argv: {
      type: 'argv',
      description: 'the program, written out, and its arguments, which no value can make an option',
      required: true,
    },
  },
  short: 'argv',
  example: "run: [./notify.sh, '{{ contact.name }}']",
  run(running) {
    const { params, text } = running;
    const reading: Reading = { named: new Map() };
    const argv = renderedCommand(params.argv as readonly unknown[], each => text(each, reading));
    const message = { channel: 'run', to: argv[0]!, body: JSON.stringify(argv) } as const;
    return { did: `queued ${queue(running, message, reading.named)}` };
  },
};
