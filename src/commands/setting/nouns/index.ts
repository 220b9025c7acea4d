/** The nouns of the settings: one line each, loaded when one of its commands is called. */
import type { SettingNouns } from '../noun.ts';

export const settingNouns: SettingNouns = {
  pipeline: { summary: 'sales processes', load: async () => (await import('./pipeline.ts')).pipeline },
  stage: { summary: 'the steps of a pipeline', load: async () => (await import('./stage.ts')).stage },
  field: { summary: 'custom fields', load: async () => (await import('./field.ts')).field },
  user: { summary: 'the people who work here', load: async () => (await import('./user.ts')).user },
  team: {
    summary: 'users by a common name',
    load: async () => (await import('./team.ts')).team,
  },
  'task-type': {
    summary: 'what a task may be: call, meeting, ...',
    load: async () => (await import('./task-type.ts')).taskType,
  },
  view: { summary: 'saved queries', load: async () => (await import('./view.ts')).view },
  automation: {
    summary: 'rules: what happens by itself',
    // These take several at once, or read a view of the records.
    without: ['add', 'list', 'rm', 'restore'],
    load: async () => (await import('./automation.ts')).automation,
  },
  template: {
    summary: 'e-mail templates, which rules send',
    load: async () => (await import('./template.ts')).template,
  },
};
