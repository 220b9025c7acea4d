/** The name under which sweeps act and are recorded. */
export const SWEEPER = 'crm';
