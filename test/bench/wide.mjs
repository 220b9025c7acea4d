/** A file of 100,000 deals with 20 fields: what a person would import who moves from another CRM. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What deals have here beside their usual fields. */
const ownFields = [
  ['product', 'text'],
  ['quantity', 'number'],
  ['segment', 'choice', '--options', 'public,retail,office'],
  ['renewal', 'date'],
  ['source', 'text'],
  ['margin', 'number'],
  ['reference', 'text'],
  ['framework', 'boolean'],
];

export function addWideFields(crm, now) {
  for (const [name, type, ...more] of ownFields)
    crm(['field', 'add', 'deal', name, '--type', type, ...more], now);
}

/** The path of the file, which is made at the first call. */
export function wideDeals(files, count = 100_000) {
  const path = join(files, `wide-${count}.csv`);
  if (!existsSync(path)) writeFileSync(path, wideCsv(count));
  return path;
}

export function wideCsv(count) {
  const stages = ['awaiting-processing', 'awaiting-contact', 'in-progress', 'newsletter'];
  const two = n => String(n).padStart(2, '0');
  const lines = [
    `externalId,title,value,currency,pipeline,stage,status,account,description,tags,expectedClose,qualification,${ownFields.map(([name]) => name).join()}`,
  ];
  for (let n = 0; n < count; n++)
    lines.push(
      [
        `X${n}`,
        `"Deal ${n}, for the office"`,
        `${(n * 37) % 100_000}.50`,
        'EUR',
        'sales',
        stages[n % 4],
        'open',
        `Account ${n % 1000}`,
        `Some text about deal ${n} that a person wrote`,
        `"vip,batch${n % 7}"`,
        `2026-${two(1 + (n % 12))}-${two(1 + (n % 28))}`,
        n % 3 ? 'target group' : 'unknown',
        `Oak table ${n % 90}`,
        1 + (n % 60),
        ['public', 'retail', 'office'][n % 3],
        `2027-${two(1 + (n % 12))}-${two(1 + (n % 28))}`,
        `Fair ${n % 11}`,
        (n % 400) / 10,
        `R-${n * 7}`,
        n % 2 ? 'yes' : 'no',
      ].join(),
    );
  return `${lines.join('\n')}\n`;
}
