/**
 * A key of the sentences that a page shows. The English sentences have all keys.
 * @typedef {keyof (typeof import('../../../text/languages/en.json'))['browser']} Key
 */

/**
 * A command on the page, with its words. If it needs photos, it has the words that ask for them.
 * @typedef {{name: string, what: string, button: string, photos?: {add: string}}} Command
 */

/** @typedef {import('../next.ts').Next} Next */

/**
 * The facts that the server writes into the page: sentences in the reader's language, commands,
 * limits, the scale of distances, and next steps.
 * @typedef {object} Facts
 * @property {Record<Key, string>} words
 * @property {Command[]} commands
 * @property {{photos: number, photoBytes: number}} limits
 * @property {{strangers: [distance: number, share: number][], dims: number}} [scale]
 * @property {Next} next
 */

/** @type {Facts} */
export const facts = JSON.parse(document.getElementById('facts')?.textContent ?? '');

/**
 * The arguments of each sentence, by its key.
 * @typedef {(typeof import('../../../text/arguments.ts').ARGUMENTS)['browser']} Told
 */

/**
 * A sentence in the reader's language. Each `{name}` in it is replaced by the value of that name in
 * `told`.
 * @type {<K extends Key>(key: K, ...told: K extends keyof Told ? [Record<keyof Told[K], string |
 * number>] : []) => string}
 */
export const t = (key, ...told) => {
  /** @type {Record<string, string | number>} */
  const values = told[0] ?? {};
  return facts.words[key].replaceAll(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
};

/**
 * The command at the beginning of a text, like `blur` in `/blur all`; undefined for other texts.
 * @param {string} text
 */
export function commandOf(text) {
  return facts.commands.find(({ name }) => text.trim().toLowerCase().split(/\s/, 1)[0] === `/${name}`);
}

/** Numbers in the reader's format. */
export const numbers = new Intl.NumberFormat(document.documentElement.lang);

/** @param {string | number | Date} when */
export function dateTime(when) {
  const format = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: 'medium', timeStyle: 'short' });
  return format.format(new Date(when));
}
