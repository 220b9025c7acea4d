/** Names of fields and options as code and JSON have them (`otherEmails`), and as command lines do (`other-emails`). */

export const camel = (name: string): string =>
  name.replace(/[-_]([\p{L}\d])/gu, (_, letter: string) => letter.toUpperCase());

export const kebab = (name: string): string => name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`);
