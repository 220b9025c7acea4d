import { file, oneWord } from '../args/declare.ts';
import { command } from '../line/command.ts';
import { importFile, importOptions } from '../import.ts';

/** Does the same as `import events`; with --provider it reads webhook bodies of an e-mail provider. */
export const importEvents = command({
  summary: 'add events from JSON Lines, JSON, CSV or TSV, or from webhook bodies of an e-mail provider',
  effect: 'files',
  args: { file: file({ label: 'FILE|-', asks: 'from which file' }) },
  options: [
    {
      flags: '--provider <NAME>',
      description: 'the file has webhook bodies of postmark, mailgun, sendgrid, ses, resend or brevo',
      value: oneWord(['postmark', 'mailgun', 'sendgrid', 'ses', 'resend', 'brevo']),
    },
    ...importOptions,
  ],
  examples: [
    'event import events.jsonl',
    'event import visits.csv --map url=prop.url --set name=page.visited',
    'event import --provider postmark bodies.jsonl',
  ],
  jsonAs: 'import',
  async run(context, { file }, options) {
    const provider = options.text('provider');
    if (provider === undefined) return importFile(context, 'event', 'events', file, options);
    const { importProviderEvents } = await import('./import-provider.ts');
    return importProviderEvents(context, provider, file, options);
  },
});
