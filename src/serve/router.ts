/** Maps paths to routes. A new route is a file beside this one, and an entry here. */
import type { Rate } from '../domain/mail-settings.ts';
import type { ServeSettings } from '../domain/serve-settings.ts';
import type { Answer } from './answer.ts';
import { showCalendar } from './calendar.ts';
import { askToConfirm, confirm } from './confirm.ts';
import { FORM_BYTES, postForm, showForm } from './forms.ts';
import { HOOK_BYTES, postHook } from './hooks.ts';
import type { Asked, Tools } from './request.ts';
import { clicked, opened } from './tracking.ts';
import { askToUnsubscribe, unsubscribe } from './unsubscribe.ts';

type Answering = (asked: Asked, tools: Tools) => Promise<Answer> | Answer;

/** The handler of a path. */
export interface Route {
  /** The path in the log, without tokens. */
  readonly said: string;
  readonly rate: Rate;
  /** The most bytes of a body. */
  readonly most: number;
  readonly post?: Answering;
  readonly get?: Answering;
}

/** The rate of one client's requests for paths that crm.yaml does not name: unknown hooks, and tokens. */
const usualRate: Rate = { count: 60, per: 60_000 };
/** The rate of tracking requests: a large provider's proxy loads the images of many recipients. */
const trackingRate: Rate = { count: 6000, per: 60_000 };

/** The routes by the first word of a path; each is made from the rest of the path. */
const routes: {
  readonly [first: string]: (
    name: string,
    settings: ServeSettings,
    number?: number,
    ending?: string,
  ) => Route | undefined;
} = {
  forms(name, { forms }) {
    const form = Object.hasOwn(forms, name) ? forms[name] : undefined;
    return (
      form && {
        said: `/forms/${name}`,
        rate: form.rate,
        most: FORM_BYTES,
        post: (asked, tools) => postForm(name, form, asked, tools),
        get: () => showForm(form),
      }
    );
  },
  hooks(name, { hooks }) {
    const hook = Object.hasOwn(hooks, name) ? hooks[name] : undefined;
    return {
      said: hook ? `/hooks/${name}` : '/hooks/...',
      rate: hook?.rate ?? usualRate,
      most: HOOK_BYTES,
      post: (asked, tools) => postHook(name, hook, asked, tools),
    };
  },
  u: token => ({
    said: '/u/...',
    rate: usualRate,
    most: FORM_BYTES,
    post: (_, tools) => unsubscribe(token, tools),
    get: askToUnsubscribe,
  }),
  confirm: token => ({
    said: '/confirm/...',
    rate: usualRate,
    most: FORM_BYTES,
    post: (_, tools) => confirm(token, tools),
    get: (_, tools) => askToConfirm(token, tools),
  }),
  calendar: (token, _, __, ending) =>
    ending === '.ics'
      ? {
          said: '/calendar/...',
          rate: usualRate,
          most: 0,
          get: (asked, tools) => showCalendar(token, asked, tools),
        }
      : undefined,
  o: token => ({
    said: '/o/...',
    rate: trackingRate,
    most: 0,
    get: (asked, tools) => opened(token, asked, tools),
  }),
  c: (token, _, number) =>
    number === undefined
      ? undefined
      : {
          said: '/c/...',
          rate: trackingRate,
          most: 0,
          get: (asked, tools) => clicked(token, number, asked, tools),
        },
};

/** Returns the route of a path; undefined if there is none. */
export function routeOf(path: string, settings: ServeSettings): Route | undefined {
  const [, first, name, number, ending] =
    /^\/([a-z]+)\/([A-Za-z0-9_-]{1,100})(?:\/([1-9]\d{0,3})|(\.ics))?$/.exec(path) ?? [];
  if (name === undefined || !Object.hasOwn(routes, first!)) return undefined;
  if (number !== undefined && first !== 'c') return undefined;
  if (ending !== undefined && first !== 'calendar') return undefined;
  return routes[first!]!(name, settings, number === undefined ? undefined : Number(number), ending);
}
