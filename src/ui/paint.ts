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
 * The sixteen colours that every terminal has; `wantsColor` decides before whether to use them. `mark` stands for ESC
 * in painted text: the mark of the screen for text that is written (`Screens.mark`), ESC itself for text that is
 * drawn.
 */
export async function colorPaint(mark: string): Promise<Paint> {
  const { Chalk, foregroundColorNames } = await import('chalk');
  const chalk = new Chalk({ level: 1 });
  const names = new Map(foregroundColorNames.map(name => [name.toLowerCase(), name]));
  const marked = (style: Style): Style => {
    const [open, close] = style('-')
      .split('-')
      .map(sequence => sequence.replaceAll('\u001b', mark)) as [string, string];
    // Painted text within the text ends the style, so the style begins again after it.
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

/**
 * Whether to paint: by `--color`, otherwise NO_COLOR, otherwise a TERM without colours, otherwise whether there is a
 * terminal.
 */
export function wantsColor(given: {
  flag: 'auto' | 'always' | 'never';
  isTTY: boolean;
  env: Readonly<Record<string, string | undefined>>;
}): boolean {
  if (given.flag !== 'auto') return given.flag === 'always';
  return given.isTTY && !given.env.NO_COLOR && given.env.TERM !== 'dumb';
}
