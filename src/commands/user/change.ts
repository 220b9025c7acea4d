import { setUser, userNamed } from '../../app/settings/set-user.ts';
import type { SettingValues } from '../../app/settings/setting-keys.ts';
import { plural } from '../../ui/words.ts';
import type { OptionSpec } from '../options.ts';
import type { Context } from '../context.ts';
import { reportSettingChanged } from '../setting.ts';

export const toSuccessor: OptionSpec = {
  flags: '--successor <USER>',
  description: 'who takes over the open deals and tasks, the customers and the rules of one who leaves',
};

/** Changes a user, and says who takes over what. */
export async function changeUser(
  context: Context,
  name: string,
  values: SettingValues,
  successor: string | undefined,
  did: string,
): Promise<void> {
  const committed = await context.changeSettings(async writer => {
    const user = userNamed(writer, name);
    return { id: user.id, handed: await setUser(writer, user, values, successor) };
  });
  const { id = name, handed } = committed.result ?? {};
  await reportSettingChanged(context, committed, id, did);
  if (handed?.to !== undefined) {
    const all = (
      [
        ['deals', 'open deal'],
        ['tasks', 'open task'],
        ['contacts', 'contact'],
        ['accounts', 'account'],
        ['automations', 'automation'],
      ] as const
    ).flatMap(([what, noun]) => (handed[what] > 0 ? [plural(handed[what], noun)] : []));
    const last = all.pop() ?? 'nothing';
    await context.message(`${handed.to} takes over ${all.length > 0 ? `${all.join(', ')} and ` : ''}${last}`);
  }
  if (handed && handed.namedAt.length > 0)
    await context.message(`queries still name ${id}: ${handed.namedAt.join(', ')}`);
}
