/**
 * Marks opens and clicks by programs, such as proxies that load images and scanners that follow links. They are kept,
 * but do not count as a person's.
 */
import { isObject, type Rec } from '../domain/records.ts';
import type { ColumnSpec } from './define.ts';

/** The key of the column that tells events of programs from those of people. */
export const MACHINE = 'machine';

/** The names of events that a program may cause. */
export const causedByMachines: readonly string[] = ['email.opened', 'email.clicked'];

/** Whether a program caused an event. */
export const isByMachine = ({ name, props }: Rec): boolean =>
  causedByMachines.includes(String(name)) && isObject(props) && props.machine === true;

/** The column that has `yes` for events of programs, so that counting opens need not read records. */
export const machineColumn: ColumnSpec = {
  key: MACHINE,
  storedAs: MACHINE,
  type: 'code',
  reads: ['name', 'props'],
  cell: record => (isByMachine(record) ? 'yes' : undefined),
};
