/** A workspace that `crm init --template` writes. */
export interface WorkspaceOptions {
  readonly name: string;
  readonly timezone: string;
  readonly currency: string;
}

/** Returns the text of each file by its path. */
export type ReadyWorkspace = (options: WorkspaceOptions) => Record<string, string>;
