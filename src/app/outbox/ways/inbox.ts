import type { WayDefinition } from '../ways.ts';

/** A notification has arrived when it is recorded: its record is what the user reads. */
export const inbox: WayDefinition = {
  name: 'inbox',
  isLocal: true,
  isRecord: true,
  takes: ({ channel }) => channel === 'notify',
  open: () => ({ send: async () => ({ outcome: 'filed' }) }),
};
