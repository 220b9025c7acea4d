import { automationNamed, enrolmentsOf } from '../../app/automations.ts';
import { humanInstant } from '../../app/shape.ts';
import type { Command } from '../command.ts';
import { plainColumn, printThings } from '../output.ts';

export const enrolments: Command = {
  summary: 'list who is, or was, enrolled in an automation',
  usage: '[NAME]',
  options: [
    { flags: '--failed', description: 'those that failed' },
    { flags: '--waiting', description: 'those that wait' },
  ],
  async run(context, args, options) {
    const workspace = await context.workspace();
    const view = await workspace.view();
    const [id] = args;
    const every = enrolmentsOf(view.state, id);
    const all = every.filter(e => view.seesId(e.id));
    if (id !== undefined && every.length === 0) automationNamed(workspace.config, id);
    const enabled = new Set(workspace.config.automations.filter(a => a.enabled).map(a => a.id));
    const wanted = all.filter(
      e =>
        (!options.flag('failed') || e.status === 'failed') &&
        (!options.flag('waiting') || e.status === 'waiting' || e.status === 'ready'),
    );
    await printThings(
      context,
      wanted,
      [
        plainColumn('id', e => e.id),
        plainColumn('automation', e => e.automation),
        plainColumn('subject', e => e.subject),
        plainColumn('status', e =>
          e.status === 'waiting' && !enabled.has(e.automation) ? 'paused' : e.status,
        ),
        plainColumn('step', e => e.step),
        plainColumn('since', e => e.since, { human: e => (e.since ? humanInstant(view, e.since) : '') }),
        plainColumn('startedAt', e => e.createdAt, { human: e => humanInstant(view, e.createdAt!) }),
        plainColumn('error', e => e.error && view.redacted(e.error)),
      ],
      e => e.id,
    );
  },
};
