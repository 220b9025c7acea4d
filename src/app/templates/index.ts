/** The workspaces that `crm init --template` writes, as files. */
import { automatedSales } from './automated-sales.ts';
import { empty } from './empty.ts';
import { sales } from './sales.ts';
import type { Template } from './template.ts';

export const templates: Readonly<Record<string, Template>> = {
  sales,
  'automated-sales': automatedSales,
  empty,
};
