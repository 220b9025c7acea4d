/** Returns a text that was typed as an argument: after `--` where it would be taken for an option or standard input. */
export const asText = (text: string): readonly string[] => (text.startsWith('-') ? ['--', text] : [text]);
