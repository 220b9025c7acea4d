/** What could stand in place of a word, and what it is. */
export interface Candidate {
  readonly value: string;
  readonly about?: string | undefined;
  /** What must begin with what is typed, if not the value: the value without quotes. */
  readonly matched?: string;
}
