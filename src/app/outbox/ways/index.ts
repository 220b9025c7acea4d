/** The ways out of a workspace: one line each. A message takes the first one that takes it. */
import type { WayDefinition } from '../ways.ts';
import { files } from './files.ts';
import { inbox } from './inbox.ts';
import { sendmail } from './sendmail.ts';
import { smtp } from './smtp.ts';

export const ways: readonly WayDefinition[] = [files, smtp, sendmail, inbox];
