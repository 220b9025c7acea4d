/** The ways out of a workspace, one line each. A message takes the first way that accepts it. */
import type { WayDefinition } from '../ways.ts';
import { desktop } from './desktop.ts';
import { files } from './files.ts';
import { inbox } from './inbox.ts';
import { run } from './run.ts';
import { sendmail } from './sendmail.ts';
import { smtp } from './smtp.ts';
import { webhook } from './webhook.ts';

export const ways: readonly WayDefinition[] = [files, smtp, sendmail, inbox, desktop, webhook, run];
