/** The ways out of a workspace: one line each. A message takes the first one that takes it. */
import type { WayDefinition } from '../ways.ts';
import { files } from './files.ts';
import { inbox } from './inbox.ts';

export const ways: readonly WayDefinition[] = [files, inbox];
