import { personFile } from '../app/history/person.ts';
import { jsonPieces } from '../ui/escape.ts';
import { plural } from '../ui/words.ts';
import { record } from './args/declare.ts';
import { command } from './line/command.ts';
import { openOutput } from './printing/output-file.ts';

export const exportPerson = command({
  summary: 'write all that is kept about a contact as one JSON object, for a person who asks for their data',
  effect: 'files',
  args: { key: record('contact', { label: 'CONTACT' }) },
  options: [{ flags: '-o, --output <FILE>', description: 'to a file (default: standard output)' }],
  examples: ['export person C3', 'export person jane@example.com -o jane.json'],
  async run(context, { key }, options) {
    const workspace = await context.workspace();
    const person = await personFile(await workspace.view(), workspace.store.journal, key);
    const file = options.text('output');
    const { write, close } =
      file === undefined
        ? { write: (text: string) => context.print(text), close: async () => {} }
        : await openOutput(context, file);
    try {
      for (const piece of jsonPieces(person, 2)) await write(piece);
    } finally {
      await close();
    }
    if (file === undefined) return;
    const records = Object.values(person.records).flat().length;
    await context.message(
      `wrote ${String(person.contact.id)} with ${plural(records, 'record')} and ${plural(person.history.length, 'transaction')} to ${file}`,
    );
  },
});
