/**
 * Reads which message a mail unsubscribes from. A campaign says in List-Unsubscribe where such a mail goes:
 * `mailto:sales@example.com?subject=unsubscribe%20TOKEN`.
 */

/** Returns the token in the subject or in the tag of a recipient (`sales+unsubscribe-TOKEN@example.com`). */
export function readUnsubscribeToken(subject: string, recipients: readonly string[]): string | undefined {
  const inSubject = /^\s*unsubscribe[\s:]+([A-Za-z0-9_-]{16,100})\s*$/i.exec(subject)?.[1];
  if (inSubject !== undefined) return inSubject;
  for (const address of recipients) {
    const tag = /\+unsubscribe-([A-Za-z0-9_-]{16,100})@/i.exec(address)?.[1];
    if (tag !== undefined) return tag;
  }
  return undefined;
}
