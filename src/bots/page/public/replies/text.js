import { el } from '../dom.js';

const ADDRESS = /(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)])/g;

/**
 * A reply's text as paragraphs: a blank line begins a new one, and a single line break stays. Web
 * addresses become links.
 * @param {string} text
 */
export function paragraphs(text) {
  return text.split(/\n{2,}/).map((paragraph) => el('p', {}, ...linked(paragraph)));
}

/** @param {string} text */
function linked(text) {
  return text
    .split(ADDRESS)
    .map((part, index) =>
      index % 2 === 0 ? part : el('a', { href: part, target: '_blank', rel: 'noreferrer' }, part),
    );
}
