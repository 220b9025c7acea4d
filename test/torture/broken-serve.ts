/** `crm` with a server that is broken on purpose, each way by one line that seems harmless; BROKEN names the way. */
import { main } from '../../src/main.ts';
import { Committer } from '../../src/serve/committer.ts';
import { Table } from '../../src/state/table.ts';

const ways: { readonly [way: string]: () => void } = {
  /** Requests are answered when they are queued for the disk. */
  'answered early': () => {
    const { submit } = Committer.prototype;
    Committer.prototype.submit = function <T>(this: Committer, ...args: Parameters<typeof submit<T>>) {
      submit.apply(this, args).catch(() => undefined);
      return Promise.resolve(undefined as T);
    };
  },
  /** Nobody looks whether an id from outside was there before. */
  'ids forgotten': () => {
    const { find } = Table.prototype;
    Table.prototype.find = function (this: Table, field, text) {
      return field === 'externalId' ? [] : find.call(this, field, text);
    };
  },
};

ways[process.env.BROKEN ?? '']?.();
void main();
