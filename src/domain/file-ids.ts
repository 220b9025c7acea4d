/**
 * The files that a workspace keeps in its journal. The set is closed, so that no journal and no note can make crm
 * write or remove anything but the settings of the workspace.
 */

/** One name in a folder: no path, nothing hidden, no more bytes than a file system takes. */
const NAME = '(?![.])[^/\\0]{1,255}';

const pattern = new RegExp(
  `^(?:crm\\.yaml|pipelines/${NAME}\\.yaml|automations/${NAME}\\.yaml|templates/${NAME}\\.md)$`,
);

/**
 * Whether a text is the id of such a file: `crm.yaml`, `pipelines/ID.yaml`, `automations/ID.yaml`,
 * `automations/ID.test.yaml`, `templates/ID.md`. A file whose ID is not made of lower-case words with hyphens is among
 * them: lint reports it as a broken rule, and its text is in the history like that of any other.
 */
export const isFileId = (id: unknown): id is string => typeof id === 'string' && pattern.test(id);

/** The most bytes that one such file may have: a thousand times what people write, and read in a moment. */
export const LARGEST_FILE = 1 << 20;
/** The most bytes that all of them may have together. */
export const LARGEST_FILES = 64 << 20;
