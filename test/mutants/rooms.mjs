/** The pure rooms, whose code is mutated, and the rooms whose tests try each: its own, and for what is mostly tables, their readers'. */
export const ROOMS = {
  domain: ['domain'],
  kinds: ['kinds'],
  query: ['query'],
  engine: ['engine'],
  state: ['state', 'query'],
};
