import { el } from './dom.js';
import { numbers, t } from './facts.js';
import { downloadAll, tile, uncertain } from './replies/mine.js';
import { told } from './usable.js';

/**
 * What is known of an album.
 * @typedef {object} Album
 * @property {number} size how many photos it has
 * @property {number} left how many photos are still to be looked at, for the first time or again
 * @property {number} seen how many photos were looked at
 * @property {import('./usable.js').Unread[]} unread photos that could not be looked at
 * @property {import('./replies/mine.js').Found[]} found photos that show the asker
 * @property {import('./replies/mine.js').Found[]} maybe photos that may show the asker
 * @property {number} takenOut how many found photos the asker took out
 * @property {string} [advice] how the asker is found on more photos
 */

/** Matches the names of HEIC photos, which iPhones make. */
const HEIC = /\.hei[cf]$/i;

/**
 * The card of an album. While the album is searched, new photos come after those that are shown
 * already, so that nobody presses the wrong button.
 * @param {Album} album
 * @param {{stop: () => void, takenOut: () => void}} on called when the asker stops the search, and
 * when they take a photo out
 */
export function albumCard(album, { stop, takenOut }) {
  let isOver = false;
  const said = el('p', { role: 'status' });
  const progress = el('progress', { max: album.size });
  const startingAgain = el('p', { hidden: true }, t('startingAgain'));
  const out = el('p', { class: 'fine', hidden: true });
  const grid = el('ul', { class: 'album' });
  const names = el('ul');
  const summary = el('summary');
  const unread = el('details', { class: 'unread', hidden: true }, summary, names);
  const end = el('div', { class: 'end' }, el('button', { type: 'button', class: 'stop', onclick: stop }, t('stop')));
  const element = el('div', { class: 'card presence' }, ...[said, progress, startingAgain, unread, out, grid, end]);

  /** @param {import('./replies/mine.js').Found} one */
  const add = (one) => {
    const item = tile(one, () => {
      album.found.splice(album.found.indexOf(one), 1);
      album.takenOut++;
      item.remove();
      draw();
      takenOut();
    });
    grid.append(item);
  };
  const draw = () => {
    const figures = { found: numbers.format(album.found.length), seen: numbers.format(album.seen) };
    said.textContent = isOver
      ? t('albumDone', figures)
      : t('albumSoFar', { ...figures, left: numbers.format(album.left) });
    progress.value = album.size - album.left;
    progress.setAttribute('aria-label', said.textContent);
    out.hidden = album.takenOut === 0;
    out.textContent = t('albumTakenOut', { n: numbers.format(album.takenOut) });
    for (const one of album.found.slice(grid.childElementCount)) add(one);
    unread.hidden = album.unread.length === 0;
    summary.textContent = t('albumUnread', { n: numbers.format(album.unread.length) });
    for (const one of album.unread.slice(names.childElementCount)) names.append(el('li', {}, told(one)));
    if (isOver) end.replaceChildren(...ending(album));
    element.dataset.state = isOver ? 'over' : 'running';
  };
  return {
    element,
    draw,
    /** Says that the search is over. */
    end() {
      isOver = true;
      draw();
    },
    /** @param {boolean} isAway whether the program has ended, and is starting again */
    away(isAway) {
      startingAgain.hidden = !isAway;
    },
  };
}

/**
 * What the asker can do with an album that was searched.
 * @param {Album} album
 */
function ending({ found, maybe, advice, unread }) {
  return [
    downloadAll(found),
    uncertain(maybe),
    maybe.length > 0 && advice ? el('p', {}, advice) : undefined,
    unread.some(({ file }) => HEIC.test(file.name)) ? el('p', {}, t('albumHeic')) : undefined,
  ].filter((one) => one !== undefined);
}
