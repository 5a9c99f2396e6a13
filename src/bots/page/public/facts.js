/**
 * A key of the sentences that a page shows: the English ones are the reference.
 * @typedef {keyof (typeof import('../../../text/languages/en.json'))['browser']} Key
 */

/**
 * What the page knows of a command: its words, and if it needs photos, how they are asked for.
 * @typedef {{name: string, what: string, button: string, photos?: {add: string}}} Command
 */

/**
 * What the server put into the page: sentences in the reader's language, commands, limits, the
 * scale of distances.
 * @typedef {object} Facts
 * @property {Record<Key, string>} words
 * @property {Command[]} commands
 * @property {{photos: number, photoBytes: number}} limits
 * @property {{strangers: [distance: number, share: number][], dims: number}} [scale]
 */

/** @type {Facts} */
export const facts = JSON.parse(document.getElementById('facts')?.textContent ?? '');

/**
 * What each sentence is told, by its key.
 * @typedef {(typeof import('../../../text/arguments.ts').ARGUMENTS)['browser']} Told
 */

/**
 * A sentence in the reader's language; `{n}` in it is replaced by `values.n`.
 * @type {<K extends Key>(key: K, ...told: K extends keyof Told ? [Record<keyof Told[K], string | number>] : []) => string}
 */
export const t = (key, ...told) => {
  /** @type {Record<string, string | number>} */
  const values = told[0] ?? {};
  return facts.words[key].replaceAll(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
};

/**
 * The command that a text begins with, as in `/blur all`; undefined for any other text.
 * @param {string} text
 */
export function commandOf(text) {
  return facts.commands.find(({ name }) => text.trim().toLowerCase().split(/\s/, 1)[0] === `/${name}`);
}

/** Numbers as the reader writes them. */
export const numbers = new Intl.NumberFormat(document.documentElement.lang);

/** @param {string | number | Date} when */
export function dateTime(when) {
  const format = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: 'medium', timeStyle: 'short' });
  return format.format(new Date(when));
}
