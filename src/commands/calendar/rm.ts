import { isAdmin } from '../../app/core/viewer.ts';
import { calendarAddresses, revokeCalendar } from '../../app/settings/calendar-addresses.ts';
import { userNamed } from '../../app/settings/set-user.ts';
import { failed, notFound } from '../../domain/errors.ts';
import { optional, user as userArgument } from '../args/declare.ts';
import { command } from '../line/command.ts';
import { userActing } from './user-acting.ts';

export const rm = command({
  summary: 'end your calendar address: programs that subscribed to it get nothing any more',
  effect: 'secrets',
  args: { user: optional(userArgument({ asks: 'whose address' })) },
  examples: ['calendar rm', 'calendar rm ben'],
  async run(context, { user: named }) {
    const workspace = await context.workspace();
    const { viewer } = workspace;
    const user = named === undefined ? userActing(workspace) : userNamed(workspace.visible, viewer, named).id;
    if (user !== viewer.user && !isAdmin(viewer))
      throw failed(
        `${viewer.user} is ${viewer.role}, and may end only the calendar address of their own`,
        'crm calendar rm',
      );
    const { state } = await workspace.view();
    if (!calendarAddresses(state).some(each => each.user === user))
      throw notFound(`${user} has no calendar address`, 'crm calendar list shows who has');
    if (!context.globals.dryRun) await revokeCalendar(workspace, context.via, user);
    const verb = context.globals.dryRun ? 'would end' : 'ended';
    await context.message(`${verb} the calendar address of ${user}`);
  },
});
