/** The name under which sweeps act and are recorded. */
export const SWEEPER = 'crm';

/** The command under which the history has what was delivered, also after a sweep. */
export const DELIVERY = 'deliver';
