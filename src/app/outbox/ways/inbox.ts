import type { WayDefinition } from '../ways.ts';

/** The way of notifications to the inbox: recording one delivers it, since the user reads its record. */
export const inbox: WayDefinition = {
  name: 'inbox',
  isLocal: true,
  isRecord: true,
  takes: ({ channel }) => channel === 'notify',
  open: () => ({ send: async () => ({ outcome: 'filed' }) }),
};
