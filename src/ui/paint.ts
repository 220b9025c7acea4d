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
  /** Paints in a stage's own colour: one of the sixteen names, or `#rrggbb`; unpainted if it is not a colour. */
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

/**
 * Sixteen colours, which every terminal has; whether to use them was decided before (`wantsColor`). `mark` stands for ESC
 * in what is painted: that of the screen which it is written on (`Screens.mark`), or ESC itself for what is drawn.
 */
export async function colorPaint(mark: string): Promise<Paint> {
  const { Chalk, foregroundColorNames } = await import('chalk');
  const chalk = new Chalk({ level: 1 });
  const names = new Map(foregroundColorNames.map(name => [name.toLowerCase(), name]));
  const marked = (style: Style): Style => {
    const [open, close] = style('-')
      .split('-')
      .map(sequence => sequence.replaceAll('\u001b', mark)) as [string, string];
    // What is painted already, and ends such a style in the midst of the text, begins it again.
    return text => (text === '' ? '' : `${open}${text.replaceAll(close, close + open)}${close}`);
  };
  return {
    bold: marked(chalk.bold),
    dim: marked(chalk.dim),
    red: marked(chalk.red),
    green: marked(chalk.green),
    yellow: marked(chalk.yellow),
    blue: marked(chalk.blue),
    magenta: marked(chalk.magenta),
    cyan: marked(chalk.cyan),
    stage(color = '', text) {
      if (/^#[0-9a-f]{6}$/i.test(color)) return marked(chalk.hex(color))(text);
      const name = names.get(color.toLowerCase());
      return name ? marked(chalk[name])(text) : text;
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
