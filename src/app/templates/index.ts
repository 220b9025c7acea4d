/** The workspaces that `crm init --template` writes, as files. */
import { automatedSales } from './automated-sales.ts';
import { empty } from './empty.ts';
import { sales } from './sales.ts';

export interface TemplateOptions {
  readonly name: string;
  readonly timezone: string;
  readonly currency: string;
}

/** The text of each file by its path. */
export type Template = (options: TemplateOptions) => Record<string, string>;

export const templates: Readonly<Record<string, Template>> = {
  sales,
  'automated-sales': automatedSales,
  empty,
};
