/** What could stand in place of a word, and what it is. */
export interface Candidate {
  readonly value: string;
  readonly about?: string | undefined;
}
