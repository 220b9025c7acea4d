import type { UnknownSender } from '../../app/inbound/unknown-senders.ts';
import { formatInstant } from '../../domain/dates.ts';
import { notFound, usage } from '../../domain/errors.ts';
import { plural } from '../../ui/words.ts';
import { anyNumber, text } from '../args/declare.ts';
import { command } from '../line/command.ts';
import type { Context } from '../line/context.ts';
import { printThings } from '../printing/output.ts';
import { plainColumn, type ThingColumn } from '../../ui/thing-column.ts';
import { creatingOptions } from './ingest.ts';

const columns: readonly ThingColumn<UnknownSender>[] = [
  plainColumn('email', ({ email }) => email),
  plainColumn('name', ({ name }) => name ?? null),
  plainColumn('subject', ({ subject }) => subject),
  plainColumn('count', ({ count }) => count),
  plainColumn('last', ({ last }) => formatInstant(last)),
  plainColumn('automatic', ({ automatic }) => automatic),
];

export const unknown = command({
  summary: 'list senders who are not contacts; with addresses, record their e-mails',
  effect: 'machine',
  args: { addresses: anyNumber(text('ADDRESS', 'which senders')) },
  options: [...creatingOptions, { flags: '--forget', description: 'forget these senders and their e-mails' }],
  examples: [
    'mail unknown',
    'mail unknown jane@example.com --create-deal sales',
    'mail unknown news@example.com --forget',
  ],
  jsonFields: columns.map(({ name }) => name),
  async run(context, { addresses }, options) {
    const { UnknownSenders } = await import('../../app/inbound/unknown-senders.ts');
    const senders = await UnknownSenders.of(await context.workspace());
    const createContacts = options.flag('createContact');
    const createDeals = options.text('createDeal');
    const isForget = options.flag('forget');
    const creates = createContacts || createDeals !== undefined;
    if (creates && isForget)
      throw usage('--forget cannot be used with --create-contact or --create-deal', 'use one of them');
    if (!creates && !isForget) {
      if (addresses.length > 0)
        throw usage('what becomes of these senders?', '--create-contact, --create-deal PIPELINE or --forget');
      return printThings(context, senders.list(), columns, ({ email }) => email);
    }
    const chosen = chosenFrom(senders.list(), addresses);
    if (isForget) return forget(context, chosen, emails => senders.forget(emails));
    const { Ingestion } = await import('../../app/inbound/ingest.ts');
    const { reportIngested } = await import('./report-ingested.ts');
    const ingestion = await Ingestion.of(await context.workspace(), context.via, {
      createContacts,
      createDeals,
      evenAutomatic: true,
    });
    await ingestion.take(senders.mailsOf(email => chosen.includes(email)).map(mail => ({ mail })));
    return reportIngested(context, ingestion.ingested);
  },
});

/** Returns the named addresses as they are stored; USAGE if none is named, NOT_FOUND for an address that did not write. */
function chosenFrom(senders: readonly UnknownSender[], args: readonly string[]): string[] {
  if (args.length === 0) throw usage('which senders?', 'crm mail unknown lists them');
  return args.map(arg => {
    const found = senders.find(({ email }) => email.toLowerCase() === arg.toLowerCase());
    if (!found)
      throw notFound(
        `there is no e-mail of the unknown sender ${JSON.stringify(arg)}`,
        'crm mail unknown lists them',
      );
    return found.email;
  });
}

async function forget(
  context: Context,
  emails: readonly string[],
  forgetting: (emails: readonly string[]) => Promise<unknown>,
): Promise<void> {
  if (!context.globals.dryRun) await forgetting(emails);
  await context.message(
    `${context.globals.dryRun ? 'would forget' : 'forgot'} ${plural(emails.length, 'sender')}`,
  );
}
