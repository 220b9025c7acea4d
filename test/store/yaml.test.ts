import { describe, expect, test } from 'vitest';
import { YAMLSeq } from 'yaml';
import { editYaml } from '../../src/store/yaml.ts';

const text = `name: Sales      # as people call it
entry: a                         # where new deals start

stages:
  - {id: a, name: A,   card: [title, owner]}   # the first
  # about b
  - { id: b, name: 'B' }

# The first row decides.
transitions:
  - { to: b, from: [a] }
`;

const dropLast = (path: string) => (document: Parameters<Parameters<typeof editYaml>[1]>[0]) => {
  const list = document.get(path, true);
  if (list instanceof YAMLSeq) list.items.pop();
};

describe('editing YAML', () => {
  test('nothing changed: every byte stays', () => {
    expect(editYaml(text, () => {})).toBe(text);
  });

  test('lines that say the same stay as they were written, comments and spaces included', () => {
    expect(editYaml(text, document => document.set('entry', 'b'))).toBe(
      text.replace('entry: a                         # where', 'entry: b # where'),
    );
    expect(editYaml(text, dropLast('stages'))).toBe(
      text.replace("  # about b\n  - { id: b, name: 'B' }\n", ''),
    );
  });

  test('what is new ends its lines as all others do', () => {
    const edit: Parameters<typeof editYaml>[1] = document => document.set('name', 'New');
    const text = 'for: deal   # each\r\n\r\nsteps:\r\n  - stop\r\n';
    expect(editYaml(text, edit)).toBe(`${text}name: New\r\n`);
    expect(editYaml('a: 1\r\nb: 2\n', edit)).toBe('a: 1\r\nb: 2\nname: New\n');
  });

  test('where lines of another indentation do not go together, all are printed anew', () => {
    const flat = "stages:\n- { id: a,  name: A }\n- { id: b, name: B }\n# end\nentry: 'a'\n";
    const edited = editYaml(flat, document => {
      const stages = document.get('stages', true);
      if (stages instanceof YAMLSeq) stages.add(document.createNode({ id: 'c' }, { flow: true }));
    });
    expect(edited).toBe(
      "stages:\n  - { id: a, name: A }\n  - { id: b, name: B }\n  - { id: c }\n# end\nentry: 'a'\n",
    );
  });
});
