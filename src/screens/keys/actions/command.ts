import { type Action, asking, running, saying } from '../model.ts';
import { wordsOfLine } from '../words.ts';

/** Runs any command line, with the selected deal as `%`. */
export const command: Action = {
  keys: [':'],
  shown: ':',
  summary: 'run any command of crm; % is the selected deal: :deal set % close=+30d',
  press: model => {
    const wordsOf = (line: string) =>
      wordsOfLine(line)?.map(word => (word === '%' && model.id !== undefined ? model.id : word));
    return asking(model, {
      question: 'crm',
      hint: 'any command; % is the selected deal',
      command: wordsOf,
      answered: (then, line) => {
        const words = wordsOf(line);
        if (!words) return saying(then, 'a quote is not closed', 'alarm');
        const argv = words[0] === 'crm' ? words.slice(1) : words;
        if (argv.length === 0) return saying(then, 'nothing was done', 'quiet');
        return running(then, argv, { shows: argv.slice(0, 3).join(' '), edits: argv[1] === 'edit' });
      },
    });
  },
};
