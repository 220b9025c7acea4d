/** What tests import from vitest, in as far as tests of the pure rooms use it; `expect` is vitest's own. */
import { format } from 'node:util';
import { expect } from 'vitest';

/** The tests that a file declares when it is loaded: what vitest would run, in its order. */
export function collect(file, load) {
  const tests = [];
  const path = [];

  /** A title of a table's row: `%s` and its like, `$name` of an object, `%%`. */
  const titled = (title, row, index) => {
    const values = Array.isArray(row) ? row : [row];
    const named = title.replaceAll('%#', String(index)).replace(/\$([\w.]+)/g, (whole, name) => {
      const value = name.split('.').reduce((of, key) => of?.[key], values[0]);
      return value === undefined ? whole : String(value);
    });
    const count = named.match(/%[sdifjoO]/g)?.length ?? 0;
    return format(named, ...values.slice(0, count));
  };

  const eachOf =
    declare =>
    (rows, ...values) =>
    (title, work) => {
      if (values.length > 0 || rows.raw) throw new Error(`${file}: a table as a template is not read here`);
      rows.forEach((row, index) => {
        declare(titled(title, row, index), () => (Array.isArray(row) ? work(...row) : work(row)));
      });
    };

  const test = (title, work) => {
    const name = [...path, title].join(' > ');
    tests.push({ id: `${file}#${tests.length} ${name}`, name, file, run: work });
  };
  const describe = (title, work) => {
    path.push(title);
    work();
    path.pop();
  };
  test.each = eachOf(test);
  describe.each = eachOf(describe);
  load({ test, it: test, describe, expect });
  return tests;
}
