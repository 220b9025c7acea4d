type Style = (text: string) => string;

/** The colours of the interface. They never carry meaning alone: the text says the same without them. */
export interface Paint {
  readonly bold: Style;
  readonly dim: Style;
  readonly red: Style;
  readonly green: Style;
  readonly yellow: Style;
  readonly blue: Style;
  readonly magenta: Style;
  readonly cyan: Style;
  /** In a stage's own colour: a name of the sixteen, or `#rrggbb`; as it is where that is no colour. */
  stage(color: string | undefined, text: string): string;
}

const plain: Style = text => text;

/** No colours at all. */
export const plainPaint: Paint = {
  bold: plain,
  dim: plain,
  red: plain,
  green: plain,
  yellow: plain,
  blue: plain,
  magenta: plain,
  cyan: plain,
  stage: (_, text) => text,
};

/** Sixteen colours, which every terminal has; whether to use them was decided before (`wantsColor`). */
export async function colorPaint(): Promise<Paint> {
  const { Chalk, foregroundColorNames } = await import('chalk');
  const chalk = new Chalk({ level: 1 });
  const names = new Map(foregroundColorNames.map(name => [name.toLowerCase(), name]));
  return {
    bold: text => chalk.bold(text),
    dim: text => chalk.dim(text),
    red: text => chalk.red(text),
    green: text => chalk.green(text),
    yellow: text => chalk.yellow(text),
    blue: text => chalk.blue(text),
    magenta: text => chalk.magenta(text),
    cyan: text => chalk.cyan(text),
    stage(color = '', text) {
      if (/^#[0-9a-f]{6}$/i.test(color)) return chalk.hex(color)(text);
      const name = names.get(color.toLowerCase());
      return name ? chalk[name](text) : text;
    },
  };
}

/** `--color`, else NO_COLOR, else a TERM that cannot, else whether there is a terminal. */
export function wantsColor(given: {
  flag: 'auto' | 'always' | 'never';
  isTTY: boolean;
  env: Readonly<Record<string, string | undefined>>;
}): boolean {
  if (given.flag !== 'auto') return given.flag === 'always';
  return given.isTTY && !given.env.NO_COLOR && given.env.TERM !== 'dumb';
}
