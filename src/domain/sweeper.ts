/** The name under which sweeps act and are recorded. */
export const SWEEPER = 'crm';

/** The command under which the history lists deliveries, also those after a sweep. */
export const DELIVERY = 'deliver';
