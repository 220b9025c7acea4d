/** Writes `crm help keys` from the registry of keys, so that it lists exactly the keys that do something. */
import { keyLines } from '../../screens/keys/actions/index.ts';

const intro = `The board with keys

crm board -i shows a pipeline on the whole terminal, and each key that changes something runs a command of crm: the line at
the bottom says which one, so that it can be typed, scripted and found in the history. Rights, rules and checks are those of
the command. What others save appears at once; the selected card stays selected wherever it goes.

  crm board -i                          the first pipeline
  crm board -i hardware owner:me        another one, and only some of its deals
  crm board -i --by owner               a column per owner: H and L hand deals over

`;

const rest = `

In a question: Enter answers, Esc leaves without a change; arrows, Ctrl-A, Ctrl-E, Ctrl-W, Ctrl-U and Ctrl-K edit the line.
u takes back changes of this sitting, the last one first. What somebody else changed since stays as it is, which is said.
The colours are those of the terminal; NO_COLOR switches them off, and the selected card keeps its mark.
`;

/** Returns the text of the topic. */
export const keysTopic = (): string => `${intro}${keyLines(title => title).join('\n')}${rest}`;
