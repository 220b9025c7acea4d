/** The workspaces that `crm init --template` writes, as files. */
import { automatedSales } from './automated-sales.ts';
import { empty } from './empty.ts';
import { sales } from './sales.ts';
import type { ReadyWorkspace } from './ready-workspace.ts';

export const readyWorkspaces: Readonly<Record<string, ReadyWorkspace>> = {
  sales,
  'automated-sales': automatedSales,
  empty,
};
