/** Numbers by key, of which quantiles are asked: ages, days of a sales cycle. */
export class Samples {
  #keys = new Int32Array(1024);
  #values = new Float64Array(1024);
  #count = 0;
  #sorted: { readonly ends: Int32Array; readonly values: Float64Array } | undefined;
  readonly #size: number;

  /** Keys are numbers from 0 on, below `size`. */
  constructor(size: number) {
    this.#size = size;
  }

  /** Returns numbers that all have the key 0. */
  static of(numbers: readonly number[]): Samples {
    const samples = new Samples(1);
    samples.#sorted = { ends: Int32Array.of(0, numbers.length), values: new Float64Array(numbers).sort() };
    return samples;
  }

  add(key: number, value: number): void {
    if (this.#count === this.#keys.length) this.#grow();
    this.#keys[this.#count] = key;
    this.#values[this.#count++] = value;
    this.#sorted = undefined;
  }

  /** Adds the time from each row's instant until `now`, under its key; none under a key below 0. */
  addTimes(keys: Int32Array, rows: Int32Array, since: Float64Array, now: number): void {
    while (this.#count + rows.length > this.#keys.length) this.#grow();
    this.#count = addTimes(this.#keys, this.#values, this.#count, keys, rows, since, now);
    this.#sorted = undefined;
  }

  #grow(): void {
    const keys = new Int32Array(Math.max(1024, this.#keys.length * 4));
    const values = new Float64Array(keys.length);
    keys.set(this.#keys);
    values.set(this.#values);
    this.#keys = keys;
    this.#values = values;
  }

  /** Returns how many numbers a key has. */
  count(key: number): number {
    const { ends } = this.#inOrder();
    return ends[key + 1]! - ends[key]!;
  }

  /**
   * Returns the number below which a share `q` (0 to 1) of a key's numbers lie, between two of them in proportion; the
   * median for 0.5. Undefined if the key has none.
   */
  quantile(key: number, q: number): number | undefined {
    const { ends, values } = this.#inOrder();
    const [from, end] = [ends[key]!, ends[key + 1]!];
    if (end === from) return undefined;
    const at = from + (end - from - 1) * q;
    const low = Math.floor(at);
    const high = Math.min(low + 1, end - 1);
    return values[low]! + (values[high]! - values[low]!) * (at - low);
  }

  /** The values of each key side by side, in order. */
  #inOrder() {
    if (this.#sorted) return this.#sorted;
    const ends = new Int32Array(this.#size + 1);
    for (let i = 0; i < this.#count; i++) ends[this.#keys[i]! + 1]!++;
    for (let key = 0; key < this.#size; key++) ends[key + 1]! += ends[key]!;
    const next = ends.slice();
    const values = new Float64Array(this.#count);
    for (let i = 0; i < this.#count; i++) values[next[this.#keys[i]!]!++] = this.#values[i]!;
    for (let key = 0; key < this.#size; key++) values.subarray(ends[key]!, ends[key + 1]!).sort();
    this.#sorted = { ends, values };
    return this.#sorted;
  }
}

function addTimes(
  ownKeys: Int32Array,
  values: Float64Array,
  count: number,
  keys: Int32Array,
  rows: Int32Array,
  since: Float64Array,
  now: number,
): number {
  let next = count;
  for (let i = 0; i < rows.length; i++) {
    ownKeys[next] = keys[i]!;
    values[next] = now - since[rows[i]!]!;
    if (keys[i]! >= 0) next++;
  }
  return next;
}

/** Days to one decimal; null for unknown. */
export const inDays = (ms: number | undefined): number | null =>
  ms === undefined ? null : Math.round(ms / 8_640_000) / 10;
