/**
 * What the server put into the page: sentences in the reader's language, commands, limits, the scale of distances, samples.
 * @typedef {object} Facts
 * @property {Record<string, string>} words
 * @property {{name: string, what: string}[]} commands
 * @property {{photos: number, photoBytes: number}} limits
 * @property {{strangers: [distance: number, share: number][], dims: number}} [scale]
 * @property {{url: string, crop?: [x: number, y: number, width: number, height: number]}[]} samples
 */

/** @type {Facts} */
export const facts = JSON.parse(document.getElementById('facts')?.textContent ?? '');

/**
 * A sentence in the reader's language; `{n}` in it is replaced by `values.n`.
 * @param {string} key
 * @param {Record<string, string | number>} [values]
 */
export function t(key, values = {}) {
  return (facts.words[key] ?? key).replaceAll(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/** Numbers as the reader writes them. */
export const numbers = new Intl.NumberFormat(document.documentElement.lang);

/** @param {string | number | Date} when */
export function dateTime(when) {
  const format = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: 'medium', timeStyle: 'short' });
  return format.format(new Date(when));
}
