/** What `crm mail check` finds. */

/** `ok`: as it should be. `note`: worth knowing. `problem`: e-mails do not leave, or are likely to be refused. */
export interface Finding {
  readonly check: string;
  readonly state: 'ok' | 'note' | 'problem';
  readonly text: string;
}

export const ok = (check: string, text: string): Finding => ({ check, state: 'ok', text });
export const note = (check: string, text: string): Finding => ({ check, state: 'note', text });
export const problem = (check: string, text: string): Finding => ({ check, state: 'problem', text });
