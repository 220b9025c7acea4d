/** A terminal without a window, which shows what was written to it. */
import xterm from '@xterm/headless';
import { INVERSE, BOLD, DIM, UNDERLINED, type Style, colored } from '../../../src/ui/full-screen/cells.ts';

export class ShownTerminal {
  readonly #terminal: InstanceType<typeof xterm.Terminal>;

  constructor(columns: number, rows: number) {
    this.#terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
  }

  /** Resolves once it is shown. */
  write(text: string): Promise<void> {
    return new Promise(resolve => this.#terminal.write(text, resolve));
  }

  get size() {
    return { columns: this.#terminal.cols, rows: this.#terminal.rows };
  }

  get isAlternate(): boolean {
    return this.#terminal.buffer.active.type === 'alternate';
  }

  get cursor() {
    const { cursorX: x, cursorY: y } = this.#terminal.buffer.active;
    return { x, y };
  }

  resize(columns: number, rows: number): void {
    this.#terminal.resize(columns, rows);
  }

  /** The text of a cell, '' after a wide one, and its style. */
  cell(x: number, y: number): { readonly text: string; readonly style: Style } {
    const cell = this.#terminal.buffer.active.getLine(this.#terminal.buffer.active.baseY + y)!.getCell(x)!;
    const style =
      (cell.isBold() ? BOLD : 0) |
      (cell.isDim() ? DIM : 0) |
      (cell.isUnderline() ? UNDERLINED : 0) |
      (cell.isInverse() ? INVERSE : 0) |
      (cell.isFgPalette() ? colored(cell.getFgColor()) : 0);
    return { text: cell.getWidth() === 0 ? '' : cell.getChars() || ' ', style };
  }

  /** What a person reads, without the spaces at the ends of lines. */
  get text(): string {
    const { active } = this.#terminal.buffer;
    const lines = Array.from({ length: this.#terminal.rows }, (_, y) =>
      active
        .getLine(active.baseY + y)!
        .translateToString(true)
        .trimEnd(),
    );
    return lines.join('\n').trimEnd();
  }
}
