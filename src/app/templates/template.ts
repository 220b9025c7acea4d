/** A workspace that `crm init --template` writes. */
export interface TemplateOptions {
  readonly name: string;
  readonly timezone: string;
  readonly currency: string;
}

/** Returns the text of each file by its path. */
export type Template = (options: TemplateOptions) => Record<string, string>;
