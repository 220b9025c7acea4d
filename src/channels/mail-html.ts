/**
 * Makes the HTML part of an e-mail from its Markdown. Inserted values are data: each is replaced by a word that means
 * nothing to Markdown, and inserted again as text into the HTML. So no value becomes markup or a link. Styles are
 * inline, the only ones that all mail programs know, and HTML in the text is shown as text.
 */
import type { MarkedExtension, Tokens } from 'marked';
import { imagePath } from '../domain/file-paths.ts';

/** A text, and the positions of the values in it: begin, length, begin, length, in UTF-16 units. */
export interface Markdown {
  readonly text: string;
  readonly inserted: readonly number[];
}

export interface HtmlMail {
  readonly html: string;
  /** The files that it shows, each with its Content-ID. */
  readonly images: readonly { readonly path: string; readonly contentId: string }[];
  /** The targets of links and images that were left out. */
  readonly refused: readonly string[];
  /** The targets of its web links, each once, in order: a tracked link has its number in this list. */
  readonly links: readonly string[];
}

/** The addresses that track a mail. */
export interface Tracked {
  /** Returns the address that replaces the link with a number, from 1. */
  link(number: number): string;
  /** The address of an image that is loaded when the mail is opened. */
  readonly image: string;
}

/** What the HTML part has beside the text. */
export interface Beside {
  readonly tracked?: Tracked | undefined;
  /** The address where the recipient unsubscribes. */
  readonly unsubscribe?: string | undefined;
}

/** Enclose the number of a value: code points that are first removed from the text. */
const [BEGIN, END] = ['\ue000', '\ue001'];
const PLACES = /\ue000(\d+)\ue001/g;

const BODY =
  "font-family: -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif; font-size: 15px; line-height: 1.5; color: #222222";
const QUOTE = 'margin: 0 0 1em; padding: 0 0 0 1em; border-left: 3px solid #cccccc; color: #555555';
const CODE = 'font-family: Menlo, Consolas, monospace; font-size: 13px; background: #f4f4f4';
const CELL = 'padding: 4px 8px; border: 1px solid #cccccc; text-align: ';
const FOOT = 'margin: 2em 0 0; font-size: 13px; color: #555555';
const HEADINGS = [22, 19, 17, 15, 15, 15];

/** Returns the HTML part of a mail with this text; `has` says which files it may show. */
export async function mailHtml(
  { text, inserted }: Markdown,
  has: (path: string) => boolean,
  { tracked, unsubscribe }: Beside = {},
): Promise<HtmlMail> {
  const { Marked } = await import('marked');
  const values: string[] = [];
  let [source, end] = ['', 0];
  const written = (part: string) => part.replace(/[\ue000\ue001]/g, '\ufffd');
  for (let i = 0; i < inserted.length; i += 2) {
    const [begin, length] = [inserted[i]!, inserted[i + 1]!];
    source += `${written(text.slice(end, begin))}${BEGIN}${values.length}${END}`;
    values.push(text.slice(begin, begin + length));
    end = begin + length;
  }
  source += written(text.slice(end));
  const page = new Page(values, has, tracked);
  const image = tracked ? `<img src="${escaped(tracked.image)}" alt="" width="1" height="1">\n` : '';
  const foot = unsubscribe
    ? `<p style="${FOOT}"><a href="${escaped(unsubscribe)}">Unsubscribe</a></p>\n`
    : '';
  const html = new Marked(page.options).parse(source, { async: false });
  return {
    html: `<!doctype html>\n<html><head><meta charset="utf-8"></head><body style="${BODY}">\n${page.filled(html)}${foot}${image}</body></html>\n`,
    images: page.images,
    refused: page.refused,
    links: page.links,
  };
}

const escaped = (text: string): string =>
  text.replace(
    /[&<>"']/g,
    sign => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[sign]!,
  );

/** Renders Markdown as the HTML of a mail. */
class Page {
  readonly images: { path: string; contentId: string }[] = [];
  readonly refused: string[] = [];
  readonly links: string[] = [];
  readonly #values: readonly string[];

  readonly #has: (path: string) => boolean;
  readonly #tracked: Tracked | undefined;

  constructor(values: readonly string[], has: (path: string) => boolean, tracked: Tracked | undefined) {
    this.#has = has;
    this.#tracked = tracked;
    this.#values = values;
  }

  /** Puts the values back into escaped HTML. */
  filled(html: string): string {
    return html.replace(PLACES, (_, n) => escaped(this.#values[Number(n)] ?? '').replace(/\r?\n/g, '<br>'));
  }

  get options(): MarkedExtension {
    const page = this;
    return {
      gfm: true,
      breaks: true,
      renderer: {
        html: ({ text }) => escaped(text),
        checkbox: ({ checked }) => (checked ? '[x] ' : '[ ] '),
        heading({ tokens, depth }) {
          const style = `margin: 1em 0 0.5em; font-size: ${HEADINGS[depth - 1]}px`;
          return `<h${depth} style="${style}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
        },
        paragraph({ tokens }) {
          return `<p style="margin: 0 0 1em">${this.parser.parseInline(tokens)}</p>\n`;
        },
        blockquote({ tokens }) {
          return `<blockquote style="${QUOTE}">${this.parser.parse(tokens)}</blockquote>\n`;
        },
        code: ({ text }) => `<pre style="padding: 8px; ${CODE}">${escaped(text)}\n</pre>\n`,
        codespan: ({ text }) => `<code style="${CODE}">${escaped(text)}</code>`,
        hr: () => '<hr style="border: 0; border-top: 1px solid #cccccc">\n',
        tablecell({ tokens, header, align }) {
          const tag = header ? 'th' : 'td';
          return `<${tag} style="${CELL}${align ?? 'left'}">${this.parser.parseInline(tokens)}</${tag}>\n`;
        },
        link({ href, tokens }) {
          const inner = this.parser.parseInline(tokens);
          const target = page.#target(href);
          return target === undefined ? inner : `<a href="${escaped(page.#through(target))}">${inner}</a>`;
        },
        image: token => page.#image(token),
      },
    };
  }

  /** Returns the address that a link is written with: the tracking one for a web link of a tracked mail. */
  #through(target: string): string {
    if (!/^https?:/i.test(target)) return target;
    if (!this.links.includes(target)) this.links.push(target);
    return this.#tracked?.link(this.links.indexOf(target) + 1) ?? target;
  }

  #image({ href, text }: Tokens.Image): string {
    const alt = escaped(this.#plain(text));
    const path = imagePath(href);
    if (path === undefined || !this.#has(path)) {
      this.refused.push(href);
      return alt;
    }
    let known = this.images.find(image => image.path === path);
    if (!known) this.images.push((known = { path, contentId: `image-${this.images.length + 1}@crm` }));
    return `<img src="cid:${known.contentId}" alt="${alt}" style="max-width: 100%">`;
  }

  /** Returns a text with its values, without line ends. */
  #plain(text: string): string {
    return text.replace(PLACES, (_, n) => (this.#values[Number(n)] ?? '').replace(/\s+/g, ' '));
  }

  /** Returns where a link leads; undefined if a mail may not link there. */
  #target(href: string): string | undefined {
    const scheme = /^(https?:\/\/|mailto:|tel:)/i.exec(href)?.[1]?.toLowerCase();
    const encode = (value: string): string => {
      if (scheme === 'tel:') return value.replace(/[^\d+*#-]/g, '');
      const encoded = encodeURIComponent(wellFormed(value));
      return scheme === 'mailto:' ? encoded.replaceAll('%40', '@') : encoded;
    };
    // A value that is the whole target, such as an account's web site, is meant as a link.
    const whole = /^\ue000(\d+)\ue001$/.exec(href)?.[1];
    const target = whole
      ? (this.#values[Number(whole)] ?? '').trim()
      : href.replace(PLACES, (_, n) => encode(this.#values[Number(n)] ?? ''));
    if (isLinkable(target)) return target;
    this.refused.push(target);
    return undefined;
  }
}

/** Replaces half a surrogate pair, which no address can have, by U+FFFD. */
const wellFormed = (text: string): string => Buffer.from(text).toString();

/** Web addresses, mail addresses and phone numbers. */
function isLinkable(target: string): boolean {
  if (/[\s\u0000-\u0020\u007f<>"`\\]/.test(target)) return false;
  if (/^(mailto|tel):./i.test(target)) return true;
  return /^https?:\/\/[^/]/i.test(target) && URL.canParse(target);
}
