import { basename, resolve } from 'node:path';
import { Attaching, detach as takeOff, sizesOf } from '../../app/records/attach.ts';
import { failed, usage } from '../../domain/errors.ts';
import { LARGEST_ATTACHED } from '../../domain/file-paths.ts';
import type { Kind, Kinds } from '../../domain/kinds.ts';
import { readGiven } from '../given-file.ts';
import { reportChanged } from '../changed.ts';
import type { Command } from '../command.ts';
import { printThings } from '../output.ts';
import { plainColumn } from '../../ui/thing-column.ts';

/** `crm deal attach D12 offer.pdf` */
export const attach = (kinds: Kinds, kind: Kind): Command => ({
  summary: `attach files to a ${kind}: copies, in files/${kinds.makeId(kind, 12)}/`,
  usage: 'ID FILE...',
  examples: [`${kind} attach ${kinds.makeId(kind, 12)} offer.pdf`],
  async run(context, [key, ...files]) {
    if (key === undefined || files.length === 0)
      throw usage(
        `which ${kind}, and which files?`,
        `crm ${kind} attach ${kinds.makeId(kind, 12)} offer.pdf`,
      );
    // All files are checked before any is copied.
    const given = [];
    for (const file of files) {
      const path = resolve(context.deps.cwd, file);
      given.push({ name: basename(path), bytes: await readGiven(path, file, LARGEST_ATTACHED) });
    }
    const attaching = new Attaching(await context.workspace(), given);
    let id = '';
    const committed = await context
      .change(writer => {
        id = writer.view.find([kind], key);
        attaching.attach(writer, id);
      })
      .catch((error: unknown) => {
        attaching.undo();
        throw error;
      });
    await reportChanged(context, committed, kind, [id], 'attached to');
  },
});

/** `crm deal detach D12 offer.pdf` */
export const detach = (kinds: Kinds, kind: Kind): Command => ({
  summary: `take files off a ${kind}; they stay in files/, and undo brings them back`,
  usage: 'ID NAME...',
  examples: [`${kind} detach ${kinds.makeId(kind, 12)} offer.pdf`],
  async run(context, [key, ...names]) {
    if (key === undefined || names.length === 0)
      throw usage(
        `which ${kind}, and which files?`,
        `crm ${kind} files ${kinds.makeId(kind, 12)} lists them`,
      );
    let id = '';
    const committed = await context.change(writer => {
      id = writer.view.find([kind], key);
      takeOff(writer, id, names);
    });
    await reportChanged(context, committed, kind, [id], 'detached from');
  },
});

/** `crm deal files D12` */
export const files = (kinds: Kinds, kind: Kind): Command => ({
  summary: `list the files that are attached to a ${kind}`,
  usage: 'ID',
  examples: [`${kind} files ${kinds.makeId(kind, 12)}`],
  async run(context, [key, ...more]) {
    if (key === undefined || more.length > 0)
      throw usage(`which ${kind}?`, `crm ${kind} files ${kinds.makeId(kind, 12)}`);
    const workspace = await context.workspace();
    const view = await workspace.view();
    const rows = sizesOf(workspace, view.record(view.find([kind], key)));
    const columns = [
      plainColumn<(typeof rows)[number]>('path', row => row.path),
      plainColumn<(typeof rows)[number]>('bytes', row => row.bytes),
    ];
    await printThings(context, rows, columns, row => row.path, []);
    const missing = rows.filter(row => row.bytes === null).map(({ path }) => path);
    if (missing.length > 0)
      throw failed(`not there any more: ${missing.join(', ')}`, `crm ${kind} detach ${key} NAME`);
  },
});
