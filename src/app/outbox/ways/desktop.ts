/** The way of notifications to the desktop of this machine's user, if they are for that user. */
import type { TrustItem } from '../../core/trust-item.ts';
import type { WayDefinition } from '../ways.ts';

/** The program that shows a notification, found by PATH. */
const NOTIFIER = ['notify-send', '--app-name=crm'] as const;

const item: TrustItem = {
  kind: 'desktop',
  what: `notifications by ${NOTIFIER[0]}`,
  exactly: [...NOTIFIER],
};

/** Environment variables that say which desktop session to use. */
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
      // A person who is not one of the users acts as the owner of the directory: all notifications are theirs.
      isTheirs: user => user === viewer.user || !Object.hasOwn(config.users, viewer.user),
      // Cron does not set the session's address; under systemd this is where it is.
      env: { XDG_RUNTIME_DIR: `/run/user/${uid ?? 0}`, ...Object.fromEntries(passed) },
    });
  },
};
