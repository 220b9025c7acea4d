/**
 * The effect of a command, as data: `crm mcp`, which runs commands for an assistant, decides by it and needs no list
 * of names.
 */

/** What a command or an option reaches beyond the records and settings of its workspace, with the sentence that says so. */
export const outside = {
  files: 'reads or writes files of this machine',
  programs: 'starts a program, such as an editor',
  network: 'reaches other machines',
  delivery: 'sends messages, or decides that they are sent',
  trust: 'decides what this machine trusts',
  secrets: 'shows or makes secrets',
  machine: 'makes workspaces, or changes what this machine keeps beside them',
  erasure: 'erases records for good',
  waiting: 'goes on until somebody stops it',
  session: 'decides which workspace is meant, who acts, or when and how that is saved',
} as const;

export type Outside = keyof typeof outside;

/**
 * What a command does: `reads` answers from records and settings, `changes` changes them as one transaction that can be
 * undone, and everything else reaches outside of them.
 */
export type Effect = 'reads' | 'changes' | Outside;
