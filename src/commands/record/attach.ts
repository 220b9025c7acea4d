import { basename, resolve } from 'node:path';
import { Attaching, detach as takeOff, sizesOf } from '../../app/records/attach.ts';
import { failed } from '../../domain/errors.ts';
import { LARGEST_ATTACHED } from '../../domain/file-paths.ts';
import type { Kind, Kinds } from '../../domain/kinds.ts';
import { readGiven } from '../line/given-file.ts';
import { reportChanged } from '../printing/changed.ts';
import { file, record, several, text } from '../args/declare.ts';
import { command } from '../line/command.ts';
import { printThings } from '../printing/output.ts';
import { plainColumn } from '../../ui/thing-column.ts';

/** `crm deal attach D12 offer.pdf` */
export const attach = (kinds: Kinds, kind: Kind) =>
  command({
    summary: `attach files to a ${kind}: copies, in files/${kinds.makeId(kind, 12)}/`,
    effect: 'files',
    args: { key: record(kind), files: several(file({ asks: 'which files', example: 'offer.pdf' })) },
    examples: [
      `${kind} attach ${kinds.makeId(kind, 12)} offer.pdf`,
      `${kind} attach ${kinds.makeId(kind, 12)} ~/scans/*.jpg`,
    ],
    async run(context, { key, files }) {
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
export const detach = (kinds: Kinds, kind: Kind) =>
  command({
    summary: `take files off a ${kind}; they stay in files/, and undo brings them back`,
    effect: 'changes',
    args: {
      key: record(kind),
      names: several(text('NAME', 'which files', { example: 'offer.pdf' })),
    },
    examples: [
      `${kind} detach ${kinds.makeId(kind, 12)} offer.pdf`,
      `${kind} detach ${kinds.makeId(kind, 12)} hall.jpg plan.jpg --dry-run`,
    ],
    async run(context, { key, names }) {
      let id = '';
      const committed = await context.change(writer => {
        id = writer.view.find([kind], key);
        takeOff(writer, id, names);
      });
      await reportChanged(context, committed, kind, [id], 'detached from');
    },
  });

/** `crm deal files D12` */
export const files = (kinds: Kinds, kind: Kind) =>
  command({
    summary: `list the files that are attached to a ${kind}`,
    effect: 'reads',
    args: { key: record(kind) },
    examples: [`${kind} files ${kinds.makeId(kind, 12)}`, `${kind} files ${kinds.makeId(kind, 12)} --json`],
    jsonFields: ['path', 'bytes'],
    async run(context, { key }) {
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
