/** The question to a report: its deals, days and currency, read from the options of a command. */
import type { View } from '../core/view.ts';
import { pipelineIn } from '../core/pipelines.ts';
import { Rates } from '../../domain/rates.ts';
import { type Amounts, convertedAmounts, ownAmounts } from '../reading/amounts.ts';
import { type Chances, chancesIn } from '../reading/chances.ts';
import type { Pipeline } from '../../domain/config.ts';
import { dayNumber } from '../../domain/dates.ts';
import { usage } from '../../domain/errors.ts';
import { isCurrency } from '../../domain/money.ts';
import { compileAsked } from '../../query/former.ts';
import { everything, parseArguments, parseQuery } from '../../query/parse.ts';
import type { Block } from '../../state/table.ts';
import { groupingBy } from './asked-grouping.ts';
import type { Grouping } from './grouping.ts';
import { askedQuery, joinedQuery } from './query-text.ts';
import { type AskedSpan, type Span, spanAsked, type SpanOptions } from './span.ts';

/** An option that only some reports take. */
export type ReportOption = 'invoiced' | 'paid' | 'due' | 'learned' | 'per' | 'by';

/** The options of a report as people type them. */
export interface ReportOptions extends SpanOptions {
  /** The arguments, ANDed; none for all deals. */
  readonly query: readonly string[];
  readonly pipelines?: readonly string[];
  readonly per?: string | undefined;
  readonly currency?: string | undefined;
  /** The options that the report has beside the common ones, by name. */
  readonly own?: Readonly<Partial<Record<ReportOption, string | true>>>;
}

export class Asked {
  readonly view: View;
  readonly span: AskedSpan;
  /** The present day, and its number. */
  readonly today: string;
  readonly todayNumber: number;
  /** The query of the arguments and of --pipeline, as text. */
  readonly query: string;
  /** The pipelines that are asked for; left out, all that the viewer may see. */
  readonly pipelines: readonly Pipeline[];
  readonly rates: Rates | undefined;
  readonly own: NonNullable<ReportOptions['own']>;
  readonly #per: string | undefined;
  readonly #args: readonly string[];
  /** The same without the pipelines. */
  readonly #anywhere: readonly string[];
  #chances: Chances | undefined;
  #learned: string | undefined;

  constructor(view: View, span: Span, options: ReportOptions) {
    this.view = view;
    this.span = spanAsked(span, options, view.clock);
    this.today = view.clock.zone.day(view.clock.now);
    this.todayNumber = dayNumber(this.today);
    const { config, state, viewer } = view;
    const named = (options.pipelines ?? []).map(name => pipelineIn(state.config, viewer, name));
    this.pipelines = named.length > 0 ? named : config.pipelines;
    const inPipelines = named.length > 0 ? [`pipeline:${named.map(({ id }) => id).join()}`] : [];
    this.#anywhere = options.query;
    this.#args = [...inPipelines, ...options.query];
    this.query = joinedQuery(...inPipelines, askedQuery(options.query))!;
    this.rates =
      options.currency === undefined ? undefined : new Rates(config, currencyNamed(options.currency));
    this.own = options.own ?? {};
    this.#per = options.per;
  }

  /** The deals for which a further query holds, of those that are asked for. */
  deals(query: string): Iterable<Block> {
    const { view } = this;
    const base = parseQuery(query);
    const node =
      this.#args.length === 0 ? base : ({ type: 'and', nodes: [base, parseArguments(this.#args)] } as const);
    return view.blocks(compileAsked(node, 'deal', view.scope, view.config));
  }

  /** The deals that the query of the arguments finds, whichever pipelines are asked for; undefined if there is no query. */
  anywhere(): Iterable<Block> | undefined {
    if (this.#anywhere.length === 0) return undefined;
    const { view } = this;
    return view.blocks(compileAsked(parseArguments(this.#anywhere), 'deal', view.scope, view.config));
  }

  /** All deals that the viewer sees. */
  everywhere(): Iterable<Block> {
    const { view } = this;
    return view.blocks(compileAsked(everything, 'deal', view.scope, view.config));
  }

  /** What --per asks for, as typed. */
  get per(): string | undefined {
    return this.#per;
  }

  /** Returns the query by which `crm deal list` finds the deals of a row; null if a query cannot express a term. */
  queryOf(...terms: readonly (string | null)[]): string | null {
    return joinedQuery(...terms, this.query);
  }

  /** The amounts of deals: in their own currencies, or by the rates of a day of each deal. */
  amounts(dayOf: (row: number) => number = () => this.todayNumber): Amounts {
    return this.#amounts(dayOf, (this.#chances ??= chancesIn(this.view.state)));
  }

  /** The same without weighting, which needs less data. */
  values(dayOf: (row: number) => number): Amounts {
    return this.#amounts(dayOf, undefined);
  }

  #amounts(dayOf: (row: number) => number, chances: Chances | undefined): Amounts {
    const { state } = this.view;
    return this.rates ? convertedAmounts(state, this.rates, dayOf, chances) : ownAmounts(state, chances);
  }

  /** Uses learned probabilities of deals, and adds a note about them. */
  goByLearned({ chances, note }: { readonly chances: Chances; readonly note: string }): void {
    this.#chances = chances;
    this.#learned = note;
  }

  /** The term that a query needs for the deals of a currency; none where all are converted. */
  inCurrency(currency: string): string {
    return this.rates ? '' : `currency:${currency}`;
  }

  /** The grouping that --per asks for, of the deals in some blocks. */
  grouping(blocks: Iterable<Block>): Grouping | undefined {
    return this.#per === undefined ? undefined : groupingBy(this.view, this.#per, blocks);
  }

  /** The keys of the columns of the grouping that --per asks for, without looking at any deal. */
  perKeys(usual: readonly string[] = []): readonly string[] {
    return this.#per === undefined ? usual : Object.keys(groupingBy(this.view, this.#per, []).none);
  }

  /** The notes of every report: the rates that it used, and that others may see more. */
  get notes(): string[] {
    const { view, rates } = this;
    const used = rates?.used ?? [];
    const said = used.map(
      ({ currency, rate, from }) =>
        `1 ${currency} = ${rate} ${view.config.currency}${from === undefined ? '' : ` from ${from}`}`,
    );
    return [
      ...(said.length > 0 ? [`rates: ${said.join(', ')}`] : []),
      ...(this.#learned === undefined ? [] : [this.#learned]),
      ...(view.scope.sees?.('deal') ? ['figures of what you may see'] : []),
    ];
  }
}

function currencyNamed(text: string): string {
  const code = text.trim().toUpperCase();
  if (!isCurrency(code))
    throw usage(
      `--currency: ${JSON.stringify(text)} is not a currency`,
      'an ISO 4217 code such as EUR or USD',
    );
  return code;
}
