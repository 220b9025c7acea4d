/** Makes the text of a mail that has only HTML. */

/** The most characters of HTML that become text; only a fraction of that is kept. */
const MOST_HTML = 1 << 20;

/** Marks with which mail programs begin a quotation. */
const quotations = [
  /<div[^>]{0,200}class="?gmail_quote/i,
  /<div[^>]{0,200}id="?(appendonsend|divRplyFwdMsg|mail-editor-reference-message-container|reply-intro)/i,
  /<div[^>]{0,200}class="?(yahoo_quoted|moz-cite-prefix|OutlookMessageHeader|protonmail_quote)/i,
  /<blockquote[^>]{0,200}type="?cite/i,
];

/** Elements whose text nobody reads. */
const unread = ['style', 'script', 'head', 'title'];

/** Removes elements that nobody reads; an element without an end tag reaches to the end of the text. */
function withoutUnread(html: string): string {
  let text = html;
  for (const name of unread) {
    const parts: string[] = [];
    const begin = new RegExp(`<${name}\\b`, 'gi');
    const end = new RegExp(`</${name}\\s{0,20}>`, 'gi');
    let from = 0;
    for (let found = begin.exec(text); found; found = begin.exec(text)) {
      parts.push(text.slice(from, found.index));
      end.lastIndex = found.index;
      from = end.exec(text) ? end.lastIndex : text.length;
      begin.lastIndex = from;
    }
    text = parts.join('') + text.slice(from);
  }
  return text;
}

/** Returns the HTML before the first quotation; all of it if nothing stands before that. */
export function newHtml(html: string): string {
  const head = withoutUnread(html.slice(0, MOST_HTML));
  const ends = quotations.map(pattern => head.search(pattern)).filter(at => at > 0);
  const before = head.slice(0, Math.min(head.length, ...ends));
  // The text between excludes `<`, so that many tags that never end cannot make the search quadratic.
  return /\S/.test(before.replace(/<[^<>]*>/g, '')) ? before : head;
}

/** Wraps HTML in a mail that has an empty text beside it: postal-mime makes HTML into text only for such a mail. */
export const asMailWithText = (html: string): string =>
  [
    'Content-Type: multipart/mixed; boundary="crm-html-part"',
    '',
    '--crm-html-part',
    'Content-Type: text/plain',
    '',
    '',
    '--crm-html-part',
    'Content-Type: text/html; charset=utf-8',
    'Content-Transfer-Encoding: base64',
    '',
    Buffer.from(html).toString('base64').replace(/.{76}/g, '$&\n'),
    '--crm-html-part--',
    '',
  ].join('\n');
