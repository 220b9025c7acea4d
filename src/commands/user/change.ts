import { setUser, userNamed } from '../../app/settings/set-user.ts';
import type { SettingValues } from '../../app/settings/setting-keys.ts';
import { plural } from '../../ui/words.ts';
import type { OptionSpec } from '../command.ts';
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
  const committed = await context.change(async writer => {
    const user = userNamed(writer, name);
    return { id: user.id, handed: await setUser(writer, user, values, successor) };
  });
  const { id = name, handed } = committed.result ?? {};
  await reportSettingChanged(context, committed, id, did);
  if (handed?.to !== undefined) {
    const others = (['contact', 'account', 'automation'] as const).flatMap(noun =>
      handed[`${noun}s`] > 0 ? [plural(handed[`${noun}s`], noun)] : [],
    );
    const all = [plural(handed.deals, 'open deal'), plural(handed.tasks, 'open task'), ...others];
    await context.message(`${handed.to} takes over ${all.slice(0, -1).join(', ')} and ${all.at(-1)}`);
  }
  if (handed && handed.namedAt.length > 0)
    await context.message(`queries still name ${id}: ${handed.namedAt.join(', ')}`);
}
