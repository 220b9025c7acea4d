/** `crm init` on a terminal: asks what the workspace is called, its currency and template, and who makes it. */
import { readAddress } from '../../domain/email.ts';
import { slug } from '../../domain/fold.ts';
import { isCurrency } from '../../domain/money.ts';
import { askText, choose } from '../../ui/prompt.ts';
import { sayLine } from '../asking/line-asked.ts';
import type { Context } from '../line/context.ts';

/** The templates, with what each is. */
const templates = [
  { value: 'sales', name: 'sales: one pipeline of three stages, to begin with' },
  {
    value: 'automated-sales',
    name: 'automated-sales: from newsletter to customer, with rules that move deals',
  },
  { value: 'empty', name: 'empty: no pipeline yet' },
];

export interface AskedInit {
  readonly name: string;
  readonly currency: string;
  readonly template: string;
  /** The words of `crm user add` that makes the one who answers the admin; undefined if the login cannot be a user id. */
  readonly user: readonly string[] | undefined;
}

/** Asks for what `crm init` was not told. Esc and Ctrl-C are INTERRUPTED, before anything is written. */
export async function askInit(
  context: Context,
  preset: string,
  words: readonly string[],
): Promise<AskedInit> {
  const { stdin, stderr } = context.streams;
  const streams = { stdin, stderr };
  const paint = await context.promptPaint();
  const name = await askText('Name of the workspace?', streams, paint, preset);
  const currency = (
    await askText('Currency of its deals?', streams, paint, 'EUR', text =>
      isCurrency(text.toUpperCase()) ? undefined : 'an ISO 4217 code such as EUR or USD',
    )
  ).toUpperCase();
  const template = await choose('Which template?', templates, 'sales', streams, paint);
  const id = (await context.world()).user.name;
  let user: string[] | undefined;
  if (slug(id) === id) {
    const own = await askText('Your name?', streams, paint, id);
    const email = await askText('Your e-mail (or nothing)?', streams, paint, undefined, text =>
      text === '' || readAddress(text)?.email === text ? undefined : 'an e-mail address, or nothing',
    );
    user = ['user', 'add', id, '--name', own, ...(email === '' ? [] : ['--email', email]), '--role', 'admin'];
  }
  await sayLine(context, ['init', ...words, '--name', name, '--currency', currency, '--template', template]);
  return { name, currency, template, user };
}
