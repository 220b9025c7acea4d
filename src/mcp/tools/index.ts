import type { Tool } from '../tool.ts';
import { board } from './board.ts';
import { commit } from './commit.ts';
import { explain } from './explain.ts';
import { help } from './help.ts';
import { history } from './history.ts';
import { list } from './list.ts';
import { propose } from './propose.ts';
import { forecast, report } from './report.ts';
import { search } from './search.ts';
import { show } from './show.ts';
import { tasks } from './tasks.ts';

/** The tools, in the order in which clients list them: at most twelve, because an assistant reads all of them every time. */
export const tools: readonly Tool[] = [
  search,
  show,
  list,
  board,
  tasks,
  forecast,
  report,
  history,
  explain,
  help,
  propose,
  commit,
];
