import { calendarAddresses, giveCalendar } from '../../app/settings/calendar-addresses.ts';
import { conflict } from '../../domain/errors.ts';
import { listenText } from '../../domain/serve-settings.ts';
import { command } from '../line/command.ts';
import { printJson } from '../printing/output.ts';
import { userActing } from './user-acting.ts';

/** The default address of crm serve, for a workspace without `serve:` settings. */
const LISTEN = '127.0.0.1:8025';

export const add = command({
  summary: 'make the secret address at which a calendar program reads your tasks from crm serve; shown once',
  effect: 'secrets',
  args: {},
  options: [{ flags: '--new', description: 'replace the address that you have, which then ends' }],
  examples: ['calendar add', 'calendar add --new', 'calendar add --as ana'],
  jsonFields: ['user', 'url'],
  async run(context, _args, options) {
    const workspace = await context.workspace();
    const user = userActing(workspace);
    const { state } = await workspace.view();
    const known = calendarAddresses(state).find(each => each.user === user);
    if (known && !options.flag('new'))
      throw conflict(
        `${user} has a calendar address since ${known.since.slice(0, 10)}, which nobody can show again`,
        'crm calendar add --new makes another one, and ends that one',
      );
    if (context.globals.dryRun) {
      await context.message(`would make a calendar address for ${user}`);
      return;
    }
    const token = workspace.world.salt();
    await giveCalendar(workspace, context.via, user, token);
    const { serve } = workspace.config;
    const origin = serve?.address ?? `http://${serve ? listenText(serve.listen) : LISTEN}`;
    const url = `${origin.replace(/\/$/, '')}/calendar/${token}.ics`;
    if (!(await printJson(context, { user, url }))) await context.print(`${url}\n`);
    await context.message(
      `whoever has this address reads the tasks of ${user}: it is shown once, and crm calendar rm ends it`,
    );
    if (serve?.address === undefined)
      await context.message(
        'only programs on this machine reach it, until serve: address: in crm.yaml says where others find crm serve (crm help serve)',
      );
  },
});
