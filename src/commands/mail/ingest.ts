import { noneIngested } from '../../app/inbound/ingested.ts';
import { usage } from '../../domain/errors.ts';
import { anyNumber, file } from '../args/declare.ts';
import { command } from '../line/command.ts';
import type { OptionSpec } from '../line/options.ts';
import { quietIfNothing } from '../line/quiet-option.ts';

/** What makes records of unknown senders. */
export const creatingOptions: readonly OptionSpec[] = [
  { flags: '--create-contact', description: 'make contacts of senders that are unknown' },
  {
    flags: '--create-deal <PIPELINE>',
    description: 'make a deal of each conversation that has none; its title is the subject',
  },
];

export const ingest = command({
  summary: 'record received e-mails and copies of sent ones: a message, an mbox or a Maildir',
  effect: 'files',
  args: { files: anyNumber(file({ label: 'FILE|DIR|-', asks: 'which e-mails' })) },
  options: [...creatingOptions, quietIfNothing],
  examples: [
    'mail ingest ~/Maildir',
    'mail ingest --create-deal sales < message.eml',
    'mail ingest sent.mbox --dry-run',
  ],
  jsonFields: Object.keys(noneIngested),
  async run(context, { files }, options) {
    if (files.length === 0 && context.streams.stdin.isTTY)
      throw usage('which e-mails?', 'crm mail ingest FILE, a Maildir, or - for standard input');
    const { Ingestion } = await import('../../app/inbound/ingest.ts');
    const { mailsIn } = await import('./mail-files.ts');
    const { reportIngested } = await import('./report-ingested.ts');
    const workspace = await context.workspace();
    const ingestion = await Ingestion.of(workspace, context.via, {
      createContacts: options.flag('createContact'),
      createDeals: options.text('createDeal'),
    });
    return reportIngested(
      context,
      await ingestion.takeAll(mailsIn(context, files.length > 0 ? files : ['-'])),
    );
  },
});
