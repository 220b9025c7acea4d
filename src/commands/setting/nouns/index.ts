/** The nouns of the settings: one line each, loaded when one of its commands is called. */
import type { SettingNouns } from '../noun.ts';

export const settingNouns: SettingNouns = {
  user: { summary: 'the people who work here', load: async () => (await import('./user.ts')).user },
  team: {
    summary: 'users by a common name',
    without: ['rename'],
    load: async () => (await import('./team.ts')).team,
  },
  view: { summary: 'saved queries', without: ['rename'], load: async () => (await import('./view.ts')).view },
};
