/** What people do all day to one record, as jobs: the same in every workspace that is measured. */

export const show = { name: '`deal show`', argv: ['deal', 'show', 'D500'], shows: /^D500\t/ };

export const move = {
  name: '`deal move`',
  argv: ['deal', 'move', 'D500', 'inactive'],
  shows: /^$/,
  says: /^moved D500$/m,
  changes: true,
};

export const add = {
  name: '`deal add`',
  argv: ['deal', 'add', '--title', 'Forty chairs', '--value', '1200'],
  shows: /^D\d+\n/,
  changes: true,
};

export const done = {
  name: '`task done`',
  argv: ['task', 'done', 'T50'],
  shows: /^$/,
  says: /^done: T50$/m,
  changes: true,
};
