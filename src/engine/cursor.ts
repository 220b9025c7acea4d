/** Returns the id, among the named records, of the engine's cursor, or of the cursor of a rule that was run alone. */
export const cursorOf = (only?: string): string => (only === undefined ? 'engine' : `rule/${only}`);
