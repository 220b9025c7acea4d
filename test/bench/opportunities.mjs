/** A file in the shape of the CRM Sales Opportunities set: what a computer-hardware reseller exports. */

const PRODUCTS = ['GTX Basic', 'GTX Plus Basic', 'GTX Plus Pro', 'GTXPro', 'MG Advanced', 'MG Special'];
const STAGES = [
  ['Won', 0.48],
  ['Lost', 0.28],
  ['Engaging', 0.18],
  ['Prospecting', 0.06],
];

/** How its columns become deals of a workspace made from the template automated-sales. */
export const opportunitiesMapping = `kind: deals
key: externalId
dates: M/D/YYYY
delimiter: ','
columns:
  opportunity_id: externalId
  sales_agent: owner
  account: account
  close_value: value
  close_date: closedAt
  deal_stage:
    field: stage
    values:
      Prospecting: awaiting-contact
      Engaging: in-progress
      Won: { status: won, stage: in-progress }
      Lost: { status: lost, stage: in-progress }
ignore: [product, engage_date]
set: { pipeline: sales, value: '0' }
create-missing: [accounts, users]
`;

/** So many rows of eight columns, 85 accounts and 30 agents among them; the same bytes each time. */
export function opportunitiesCsv(rows) {
  const random = randomFrom(2017);
  const lines = ['opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value'];
  for (let row = 0; row < rows; row++) {
    let left = random();
    const [stage] = STAGES.find(([, share]) => (left -= share) < 0) ?? STAGES[0];
    const isClosed = stage === 'Won' || stage === 'Lost';
    const engaged = 17_000 + Math.floor(random() * 300);
    lines.push(
      [
        (row + 36 ** 7).toString(36).toUpperCase(),
        `Agent ${letters(Math.floor(random() * 30))}`,
        PRODUCTS[Math.floor(random() * PRODUCTS.length)],
        isClosed || random() < 0.32 ? `Account ${letters(Math.floor(random() * 85))}` : '',
        stage,
        stage === 'Prospecting' ? '' : monthDayYear(engaged),
        isClosed ? monthDayYear(engaged + 1 + Math.floor(random() * 130)) : '',
        stage === 'Won' ? String(40 + Math.floor(random() * 5000)) : stage === 'Lost' ? '0' : '',
      ].join(','),
    );
  }
  return `${lines.join('\n')}\n`;
}

const letters = number => String.fromCharCode(65 + Math.floor(number / 26), 65 + (number % 26));

function monthDayYear(day) {
  const date = new Date(day * 86_400_000);
  return `${date.getUTCMonth() + 1}/${date.getUTCDate()}/${date.getUTCFullYear()}`;
}

/** Fractions that depend on the seed alone (a linear congruential generator is random enough for a file). */
function randomFrom(seed) {
  let state = seed >>> 0;
  return () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
}
