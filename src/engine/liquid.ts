/**
 * Liquid for the texts of rules and templates, without anything that depends on the machine, the clock or chance.
 * Loaded only where there is a text to render.
 */
import { Liquid, type Template } from 'liquidjs';
import { TextError, type Texts } from './texts.ts';

export function makeTexts(timezone: string): Texts {
  let now = 0;
  const liquid = new Liquid({
    ownPropertyOnly: true,
    strictVariables: true,
    strictFilters: true,
    renderLimit: 1000,
    memoryLimit: 10_000_000,
    parseLimit: 1_000_000,
    timezoneOffset: timezone,
    locale: 'en-US',
    // Never a file: nothing to include.
    templates: {},
    outputEscape: (value: unknown) => {
      if (value === null || value === undefined || value === '')
        throw new TextError('is empty for this record; say what then with | default: "..."');
      return String(value);
    },
  });
  const { date } = liquid.filters as { date: (...args: unknown[]) => unknown };
  liquid.registerFilter('date', function (this: unknown, value: unknown, ...rest: unknown[]) {
    return date.call(this, value === 'now' || value === 'today' ? new Date(now) : value, ...rest);
  });
  liquid.registerFilter('sample', () => {
    throw new TextError('sample is left to chance, and a rule must not be');
  });
  const parsed = new Map<string, Template[]>();
  const parse = (text: string): Template[] => {
    let template = parsed.get(text);
    if (!template) parsed.set(text, (template = liquid.parse(text)));
    return template;
  };
  return {
    render(text, data, at) {
      now = at;
      try {
        return String(liquid.renderSync(parse(text), data));
      } catch (error) {
        throw new TextError(messageOf(error));
      }
    },
    check(text, known) {
      try {
        for (const path of liquid.globalVariableSegmentsSync(parse(text))) {
          const names = path.map(String);
          if (!known(names)) return `unknown variable {{ ${names.join('.')} }}`;
        }
        return undefined;
      } catch (error) {
        return messageOf(error);
      }
    },
  };
}

/** The first line of what liquidjs says, with the part of the text that it is about. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const original =
    'originalError' in error && error.originalError instanceof Error ? error.originalError : undefined;
  const token =
    'token' in error ? (error.token as { getText?: () => string } | undefined)?.getText?.() : undefined;
  const message = (original instanceof TextError ? original.message : error.message)
    .split('\n')[0]!
    .replace(/, line:\d+, col:\d+$/, '');
  return token && !message.includes(token) ? `${token} ${message}` : message;
}
