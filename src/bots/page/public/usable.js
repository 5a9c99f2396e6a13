import { facts, numbers, t } from './facts.js';

/**
 * A file that could not be looked at, and why, if the page knows.
 * @typedef {{file: File, why?: 'photoTooLarge' | 'photoChanged'}} Unread
 */

/**
 * Sorts out the files that cannot be sent: those that are too large, and those that were deleted or
 * changed after they were chosen.
 * @param {readonly File[]} files
 * @returns {Promise<{usable: File[], unread: Unread[]}>}
 */
export async function sortOut(files) {
  const sorted = await Promise.all(files.map(async (file) => ({ file, why: await reasonAgainst(file) })));
  return {
    usable: sorted.flatMap(({ file, why }) => (why ? [] : [file])),
    unread: sorted.flatMap(({ file, why }) => (why ? [{ file, why }] : [])),
  };
}

/**
 * @param {File} file
 * @returns {Promise<Unread['why']>}
 */
async function reasonAgainst(file) {
  if (file.size > facts.limits.photoBytes) return 'photoTooLarge';
  // A browser refuses to read a file that was deleted or changed after it was chosen.
  return await file
    .slice(0, 1)
    .arrayBuffer()
    .then(
      () => undefined,
      () => 'photoChanged',
    );
}

/**
 * A file's name, and why it could not be looked at.
 * @param {Unread} unread
 */
export function told({ file: { name }, why }) {
  if (why === 'photoTooLarge') return t(why, { name, mb: numbers.format(facts.limits.photoBytes / 2 ** 20) });
  return why ? t(why, { name }) : name;
}
