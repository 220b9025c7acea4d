import { withArticle } from '../../domain/article.ts';
import { type Fields, parseField, settableField, type Writer } from '../../app/core/writer.ts';
import { notFound, usage } from '../../domain/errors.ts';
import type { Kind, Kinds } from '../../domain/kinds.ts';
import { definitionOf } from '../../kinds/define.ts';
import { allOf, type Several } from '../../kinds/several.ts';
import { quoted } from '../args/quoted.ts';
import { changeAndReport, whereOption } from '../choose.ts';
import { chosenOne, oneWord, text } from '../args/declare.ts';
import { command } from '../line/command.ts';

const verbs = ['add', 'rm', 'primary'] as const;
type Verb = (typeof verbs)[number];

const samples: Readonly<Record<string, string>> = {
  email: 'jane@work.example',
  phone: '+1 212 555 1234',
  account: 'Acme',
  domain: 'acme.example',
};

/** `crm contact email ID add|rm|primary ADDRESS`, and the same of phones, accounts and domains. */
export const severalCommand = (kinds: Kinds, kind: Kind, one: string) => {
  const several = definitionOf(kinds, kind).several!.find(each => each.one === one)!;
  const example = `${kind} ${one} ${kinds.makeId(kind, 3)}`;
  return command({
    summary: `add, remove or choose the primary ${one} of ${withArticle(kind)}`,
    effect: 'changes',
    args: {
      words: chosenOne(kind),
      verb: oneWord(verbs),
      text: text(one.toUpperCase(), `which ${one}`, { example: samples[one]! }),
    },
    options: [whereOption],
    examples: [`${example} add ${quoted(samples[one]!)}`, `${example} primary ${quoted(samples[one]!)}`],
    async run(context, { words, verb, text }, options) {
      const choosing = { kinds: [kind], words, options, did: 'changed', asks: 'change' };
      await changeAndReport(context, choosing, (writer, id) => {
        writer.set(id, changed(writer, kind, id, several, verb, text));
      });
    },
  });
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
