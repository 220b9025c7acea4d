import { noneIngested } from '../../app/inbound/ingested.ts';
import { parseWhen } from '../../domain/typed-dates.ts';
import { command } from '../line/command.ts';
import { creatingOptions } from './ingest.ts';
import { quietIfNothing } from '../line/quiet-option.ts';

export const fetch = command({
  summary: 'record e-mails of the IMAP mailbox that crm.yaml names, as crm mail ingest does; safe in cron',
  effect: 'network',
  args: {},
  options: [
    {
      flags: '--since <DAY>',
      description: 'fetch what arrived since then (default: since the last fetch; the first one begins now)',
    },
    ...creatingOptions,
    quietIfNothing,
  ],
  examples: ['mail fetch', 'mail fetch --since -30d', 'mail fetch --dry-run'],
  jsonFields: Object.keys(noneIngested),
  async run(context, _args, options) {
    const { Ingestion } = await import('../../app/inbound/ingest.ts');
    const { fetchMail } = await import('../../app/inbound/fetch.ts');
    const { reportIngested } = await import('./report-ingested.ts');
    const workspace = await context.workspace();
    const ingestion = await Ingestion.of(workspace, context.via, {
      createContacts: options.flag('createContact'),
      createDeals: options.text('createDeal'),
    });
    const day = options.text('since');
    const since = day === undefined ? undefined : parseWhen(day, workspace.clock, 'past');
    const { isBusy, isBegun, error } = await fetchMail(workspace, ingestion, since);
    if (isBusy) {
      await context.message('another crm mail fetch of this workspace is running');
      return 0;
    }
    if (isBegun)
      await context.message(
        'from now on e-mails of this mailbox are fetched; --since DAY fetches earlier ones too',
      );
    const code = await reportIngested(context, ingestion.ingested);
    if (error) throw error;
    return code;
  },
});
