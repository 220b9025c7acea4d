import { renderedAddress } from '../addresses.ts';
import { queue } from './queue.ts';
import type { Reading, Step } from './step.ts';

export const webhook: Step = {
  name: 'webhook',
  summary: 'queues a signed POST of the record as JSON, or of a body of your own (crm help webhooks)',
  params: {
    url: {
      type: 'url',
      description: 'the address: its host is written out; values in its path and query are percent-encoded',
      required: true,
    },
    body: { type: 'text', description: 'the JSON that is sent; left out: the record' },
  },
  short: 'url',
  example: 'webhook: https://example.com/hooks/won',
  run(running) {
    const { params, text } = running;
    const reading: Reading = { named: new Map() };
    const body = params.body === undefined ? {} : { body: text(params.body, reading) };
    const to = renderedAddress(String(params.url), part => text(part, reading));
    return { did: `queued ${queue(running, { channel: 'webhook', to, ...body }, reading.named)}` };
  },
};
