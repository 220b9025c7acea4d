import { queue } from './queue.ts';
import type { Reading, Step } from './step.ts';

export const webhook: Step = {
  name: 'webhook',
  summary: 'queues a call of an address, with the record as JSON, or with a body of your own',
  params: {
    url: { type: 'url', description: 'the address', required: true },
    body: { type: 'text', description: 'what is sent; left out: the record as JSON' },
  },
  short: 'url',
  example: 'webhook: https://example.com/hooks/won',
  run(running) {
    const { params, text } = running;
    const reading: Reading = { named: new Map() };
    const body = params.body === undefined ? {} : { body: text(params.body, reading) };
    const to = text(params.url, reading);
    return { did: `queued ${queue(running, { channel: 'webhook', to, ...body }, reading.named)}` };
  },
};
