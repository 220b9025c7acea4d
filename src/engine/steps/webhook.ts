import { failed } from '../../domain/errors.ts';
import { renderedAddress } from '../rules/addresses.ts';
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
    body: { type: 'text', description: 'what is sent, JSON or another text; left out: the record' },
  },
  short: 'url',
  example: 'webhook: https://example.com/hooks/won',
  run(running) {
    const { params, text } = running;
    const reading: Reading = { named: new Map() };
    const body = params.body === undefined ? {} : { body: text(params.body, reading) };
    requireJson(body.body);
    const to = renderedAddress(String(params.url), part => text(part, reading));
    return { did: `queued ${queue(running, { channel: 'webhook', to, ...body }, reading.named)}` };
  },
};

/** Throws FAILED for a body that should be JSON and is not, mostly because of a value with a quote. A body may be another text. */
function requireJson(body: string | undefined): void {
  if (body === undefined || !/^\s*[[{]/.test(body)) return;
  try {
    JSON.parse(body);
  } catch {
    throw failed('the body is not JSON', '{{ deal.title | json }} is a text in quotes, whatever is in it');
  }
}
