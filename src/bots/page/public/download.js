import { el } from './dom.js';

/**
 * Chromium starts at most ten downloads within a second, and drops every further one without a
 * word.
 */
const BURST = 10;
const BURST_MS = 1_100;

/**
 * How long a file stays readable. A browser that asks where to save the file may begin to read it
 * only after the answer.
 */
const READ_MS = 10 * 60_000;

/** When the last {@link BURST} downloads began. @type {number[]} */
let begun = [];

/** Resolves when the downloads of all files so far have begun. @type {Promise<void>} */
let saving = Promise.resolve();

/**
 * Saves a copy of a file that the browser has, under its name. Many files are saved one after
 * another, not faster than browsers allow.
 * @param {File} file
 */
export function saveFile(file) {
  return save(file.name, file);
}

/**
 * Saves text as a file.
 * @param {string} name
 * @param {string} text
 * @param {string} type
 */
export function download(name, text, type) {
  return save(name, new Blob([text], { type }));
}

/**
 * @param {string} name
 * @param {Blob} blob
 */
function save(name, blob) {
  saving = saving.then(async () => {
    const wait = (begun.at(-BURST) ?? -Infinity) + BURST_MS - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    begun = [...begun, performance.now()].slice(-BURST);
    const href = URL.createObjectURL(blob);
    el('a', { href, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(href), READ_MS);
  });
  return saving;
}
