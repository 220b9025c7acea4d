/** A possible word; `about` describes it. */
export interface Candidate {
  readonly value: string;
  readonly about?: string | undefined;
  /** The text that must begin with what is typed (default: the value): the value without quotes. */
  readonly matched?: string;
}
