/**
 * Matches the names of those files of a folder that may be photos. The program then checks their
 * bytes, and says which kinds it cannot read. A name that begins with a dot belongs to the system.
 */
const PHOTO_NAME = /^[^.].*\.(jpe?g|jfif|png|webp|gif|avif|hei[cf]|tiff?|bmp|dng|jxl)$/i;

/**
 * The files that were dropped. From a folder it takes every file with a photo's name, at any depth.
 * A file or folder that cannot be read becomes an empty file with its name. So the program says
 * that it cannot read that file.
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
    if (!PHOTO_NAME.test(file.name)) return [];
    return [await new Promise((resolve) => file.file(resolve, () => resolve(unreadable(file))))];
  }
  const entries = await entriesOf(/** @type {FileSystemDirectoryEntry} */ (entry)).catch(() => undefined);
  if (!entries) return [unreadable(entry)];
  const inOrder = entries.toSorted((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
  return (await Promise.all(inOrder.map(photosIn))).flat();
}

/** @param {FileSystemEntry} entry */
const unreadable = ({ name }) => new File([], name);

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
