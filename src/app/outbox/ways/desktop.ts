/** Notifications on the desktop of the user of this machine, of those that are for them. */
import type { TrustItem } from '../../core/trust-item.ts';
import type { WayDefinition } from '../ways.ts';

/** The program that shows a notification, found by PATH. */
const NOTIFIER = ['notify-send', '--app-name=crm'] as const;

const item: TrustItem = {
  kind: 'desktop',
  what: `notifications by ${NOTIFIER[0]}`,
  exactly: [...NOTIFIER],
};

/** Variables that say which desktop it is. */
const DESKTOP = ['DBUS_SESSION_BUS_ADDRESS', 'XDG_RUNTIME_DIR', 'DISPLAY', 'WAYLAND_DISPLAY'];

export const desktop: WayDefinition = {
  name: 'desktop',
  takes: ({ channel }) => channel === 'notify-desktop',
  needs: () => [item],
  items: ({ users }) => (Object.values(users).some(({ notify }) => notify === 'desktop') ? [item] : []),
  async open({ config, viewer, world: { env, uid } }) {
    const { desktopChannel } = await import('../../../channels/desktop.ts');
    const passed = ['PATH', 'HOME', 'LANG', ...DESKTOP].flatMap(name => {
      const value = env[name];
      return value === undefined ? [] : [[name, value] as const];
    });
    return desktopChannel({
      argv: NOTIFIER,
      title: config.name,
      // An owner of the directory who is not one of the users has a workspace of their own.
      isTheirs: user => user === viewer.user || !Object.hasOwn(config.users, viewer.user),
      // Cron does not say where the session of its user is; systemd has it there.
      env: { XDG_RUNTIME_DIR: `/run/user/${uid ?? 0}`, ...Object.fromEntries(passed) },
    });
  },
};
