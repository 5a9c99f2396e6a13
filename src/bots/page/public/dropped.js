/** Matches the names of files in a folder that may be photos. The program checks their bytes. */
const PHOTO_NAME = /\.(jpe?g|png|webp|gif|avif)$/i;

/**
 * The files that were dropped. From a folder it takes every file with a photo's name, at any depth.
 * @param {DataTransfer} data
 * @returns {Promise<File[]>}
 */
export async function droppedFiles(data) {
  // The browser forgets the dropped items at the first await, so they are read before that.
  const entries = [...data.items].map((item) => item.webkitGetAsEntry?.());
  const files = [...data.files];
  if (!entries.some((entry) => entry?.isDirectory)) return files;
  const found = await Promise.all(
    entries.map((entry, index) => (entry?.isDirectory ? photosIn(entry) : [files[index]])),
  );
  return found.flat().filter((file) => file !== undefined);
}

/**
 * @param {FileSystemEntry} entry
 * @returns {Promise<File[]>}
 */
async function photosIn(entry) {
  if (entry.isFile) {
    const file = /** @type {FileSystemFileEntry} */ (entry);
    return PHOTO_NAME.test(file.name) ? [await new Promise((resolve, reject) => file.file(resolve, reject))] : [];
  }
  const entries = (await entriesOf(/** @type {FileSystemDirectoryEntry} */ (entry))).toSorted((a, b) =>
    a.name.localeCompare(b.name, undefined, { numeric: true }),
  );
  return (await Promise.all(entries.map(photosIn))).flat();
}

/**
 * The entries of a folder. The browser gives them in parts; an empty part means that all have come.
 * @param {FileSystemDirectoryEntry} folder
 */
async function entriesOf(folder) {
  const reader = folder.createReader();
  /** @type {FileSystemEntry[]} */
  const all = [];
  for (;;) {
    /** @type {FileSystemEntry[]} */
    const part = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (part.length === 0) return all;
    all.push(...part);
  }
}
