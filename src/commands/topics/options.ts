/** `crm help options`: the options that every command takes. */
import { globalOptions } from '../line/globals.ts';
import { flagsOf, helpTable } from '../printing/help-table.ts';

export const optionsTopic = (): string =>
  [
    'Options of every command, before or after its own words',
    '',
    helpTable(globalOptions.map(({ flags, description }) => [flagsOf(flags), description])),
    'crm COMMAND --help lists the options that a command has of its own.',
    '',
  ].join('\n');
