/** How long an ESC waits for the rest of a sequence, ms: enough for a connection over SSH. */
export const ESCAPE_WAITS = 40;
