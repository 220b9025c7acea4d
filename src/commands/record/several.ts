import { withArticle } from '../../domain/article.ts';
import { type Fields, parseField, settableField, type Writer } from '../../app/core/writer.ts';
import { notFound, usage } from '../../domain/errors.ts';
import type { Kind, Kinds } from '../../domain/kinds.ts';
import { definitionOf } from '../../kinds/define.ts';
import { allOf, type Several } from '../../kinds/several.ts';
import { changeAndReport, isByQuery, whereOption } from '../choose.ts';
import type { Command } from '../command.ts';
import { oneOf } from '../globals.ts';

const verbs = ['add', 'rm', 'primary'] as const;
type Verb = (typeof verbs)[number];

const samples: Readonly<Record<string, string>> = {
  email: 'jane@work.example',
  phone: "'+1 212 555 1234'",
  account: 'Acme',
  domain: 'acme.example',
};

/** `crm contact email ID add|rm|primary ADDRESS`, and the same of phones, accounts and domains. */
export const severalCommand = (kinds: Kinds, kind: Kind, one: string): Command => {
  const several = definitionOf(kinds, kind).several!.find(each => each.one === one)!;
  const example = `${kind} ${one} ${kinds.makeId(kind, 3)}`;
  return {
    summary: `add, remove or choose the primary ${one} of ${withArticle(kind)}`,
    usage: `ID add|rm|primary ${one.toUpperCase()}`,
    options: [whereOption],
    examples: [`${example} add ${samples[one]}`, `${example} primary ${samples[one]}`],
    async run(context, args, options) {
      const words = !isByQuery(options) ? args.slice(0, 1) : [];
      const [verb, text, ...more] = args.slice(words.length);
      if (verb === undefined || text === undefined)
        throw usage(`which ${kind}, what, and which ${one}?`, `crm ${example} add ${samples[one]}`);
      if (more.length > 0)
        throw usage(`one ${one} at a time, not also ${JSON.stringify(more[0])}`, 'put quotes around it');
      const what = oneOf(`${kind} ${one}`, verb, verbs);
      const choosing = { kinds: [kind], words, options, did: 'changed', asks: 'change' };
      await changeAndReport(context, choosing, (writer, id) => {
        writer.set(id, changed(writer, kind, id, several, what, text));
      });
    },
  };
};

function changed(writer: Writer, kind: Kind, id: string, several: Several, verb: Verb, text: string): Fields {
  const { one, all, same } = several;
  const { country, currency } = writer.config;
  const now = allOf(writer.view.record(id), several);
  const parsed = parseField(settableField(writer.config, kind, one), text, writer.context(currency));
  if (typeof parsed !== 'string') throw usage(`the ${one} is empty`);
  const known = now.find(each => same(each, parsed, country));
  // What cannot be one may have been kept before there were rules for it: it can be taken away.
  const value = known ?? (verb === 'rm' ? parsed : several.clean(parsed));
  const its = now.find(each => same(each, value, country));
  if (verb === 'rm' && its === undefined)
    throw notFound(`${id} does not have the ${one} ${value}`, now.length > 0 ? now.join(', ') : undefined);
  const others = now.filter(each => each !== its);
  return {
    [all]: { add: its === undefined ? [...now, value] : now, rm: others, primary: [its ?? value, ...others] }[
      verb
    ],
  };
}
