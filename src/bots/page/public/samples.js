import { el } from './dom.js';
import { facts, t } from './facts.js';
import { addPhotos } from './photos.js';

/** @typedef {import('./facts.js').Facts['samples'][number]} Sample */

/**
 * Sample photos as buttons that add them: selfies for enrolling, groups for finding.
 * @param {'selfies' | 'groups'} kind
 */
export function sampleStrip(kind) {
  const fitting = facts.samples.filter(({ crop }) => (crop === undefined) === (kind === 'groups'));
  if (fitting.length === 0) return undefined;
  return el(
    'div',
    { class: 'samples' },
    el('span', { class: 'hint' }, t(kind === 'selfies' ? 'sampleSelfies' : 'sampleGroups')),
    ...fitting.map((sample, index) =>
      el(
        'button',
        {
          type: 'button',
          'aria-label': t('sample', { n: index + 1 }),
          onclick: async () => addPhotos([await photoOf(sample, index)]),
        },
        preview(sample),
      ),
    ),
  );
}

/** @param {Sample} sample */
function preview(sample) {
  const canvas = el('canvas', { width: 96, height: 96, 'aria-hidden': 'true' });
  void load(sample).then((image) => {
    const [x, y, width, height] = sample.crop ?? [0, 0, image.width, image.height];
    const size = Math.min(width, height);
    const left = x + (width - size) / 2;
    const top = y + (height - size) / 2;
    canvas.getContext('2d')?.drawImage(image, left, top, size, size, 0, 0, 96, 96);
  });
  return canvas;
}

/**
 * The sample as a file; of a selfie, only the part that shows one face.
 * @param {Sample} sample
 * @param {number} index
 */
async function photoOf(sample, index) {
  const image = await load(sample);
  const [x, y, width, height] = sample.crop ?? [0, 0, image.width, image.height];
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext('2d')?.drawImage(image, x, y, width, height, 0, 0, width, height);
  const jpeg = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.95 });
  return new File([jpeg], `${t('sample', { n: index + 1 })}.jpg`, { type: jpeg.type });
}

/** @type {Map<string, Promise<ImageBitmap>>} */
const loaded = new Map();

/** @param {Sample} sample */
function load({ url }) {
  const known = loaded.get(url) ?? fetch(url).then(async (response) => createImageBitmap(await response.blob()));
  loaded.set(url, known);
  return known;
}
