/** From a path to what answers it. A new one is a file beside this one, and a line here. */
import type { Rate } from '../domain/mail-settings.ts';
import type { ServeSettings } from '../domain/serve-settings.ts';
import type { Answer } from './answer.ts';
import { FORM_BYTES, postForm, showForm } from './forms.ts';
import { HOOK_BYTES, postHook } from './hooks.ts';
import type { Asked, Tools } from './request.ts';
import { askToUnsubscribe, unsubscribe } from './unsubscribe.ts';

/** What answers requests to a path. */
export interface Route {
  /** What the log calls it: no token is in it. */
  readonly said: string;
  readonly rate: Rate;
  /** The most bytes of a body. */
  readonly most: number;
  readonly post: (asked: Asked, tools: Tools) => Promise<Answer> | Answer;
  readonly get?: (asked: Asked, tools: Tools) => Promise<Answer> | Answer;
}

/** How often a client may try what is not named in crm.yaml: hooks that do not exist, tokens. */
const usualRate: Rate = { count: 60, per: 60_000 };

/** Returns the route of a path; undefined where there is nothing. */
export function routeOf(path: string, settings: ServeSettings): Route | undefined {
  const [, first, name = ''] = /^\/([a-z]+)\/([A-Za-z0-9_-]{1,100})$/.exec(path) ?? [];
  if (first === 'forms') {
    const form = Object.hasOwn(settings.forms, name) ? settings.forms[name] : undefined;
    if (!form) return undefined;
    return {
      said: `/forms/${name}`,
      rate: form.rate,
      most: FORM_BYTES,
      post: (asked, tools) => postForm(name, form, asked, tools),
      get: () => showForm(form),
    };
  }
  if (first === 'hooks') {
    const hook = Object.hasOwn(settings.hooks, name) ? settings.hooks[name] : undefined;
    return {
      said: hook ? `/hooks/${name}` : '/hooks/...',
      rate: hook?.rate ?? usualRate,
      most: HOOK_BYTES,
      post: (asked, tools) => postHook(name, hook, asked, tools),
    };
  }
  if (first === 'u')
    return {
      said: '/u/...',
      rate: usualRate,
      most: FORM_BYTES,
      post: (_, tools) => unsubscribe(name, tools),
      get: askToUnsubscribe,
    };
  return undefined;
}
