import { el } from '../dom.js';

/**
 * How many pixels across are left of a blurred square. Recognisers cannot tell faces apart below
 * some 16 pixels across.
 */
const ACROSS = 6;

/** The side of the square that a first tap blurs, as a share of the picture's longer side. */
const FIRST = 1 / 12;

/** The factor by which a square's side grows with each further tap in it. */
const GROWTH = 1.5;

/**
 * The picture of `image` as a canvas, on which each tap blurs one more face. This happens in the
 * browser, and nothing is sent.
 * @param {HTMLImageElement} image It is loaded.
 * @param {(copy: Blob) => void} onChange Gets the changed copy, a JPEG without metadata.
 */
export function tappable(image, onChange) {
  const { naturalWidth: width, naturalHeight: height, alt } = image;
  const canvas = el('canvas', { width, height, role: 'img', 'aria-label': alt });
  const pen = canvas.getContext('2d');
  if (!pen) return image;
  pen.drawImage(image, 0, 0);
  /** @type {{x: number, y: number, side: number}[]} */
  const squares = [];

  canvas.addEventListener('click', ({ offsetX, offsetY }) => {
    const [x, y] = [(offsetX * width) / canvas.clientWidth, (offsetY * height) / canvas.clientHeight];
    const isIn = (/** @type {typeof squares[number]} */ one) =>
      Math.max(Math.abs(x - one.x), Math.abs(y - one.y)) <= one.side / 2;
    const tapped = squares.find(isIn);
    if (tapped) tapped.side *= GROWTH;
    const square = tapped ?? { x, y, side: Math.max(width, height) * FIRST };
    if (!tapped) squares.push(square);
    blur(pen, square);
    canvas.toBlob((copy) => copy && onChange(copy), 'image/jpeg', 0.9);
  });
  return canvas;
}

/**
 * Blurs a square: scales it down to a few pixels, and up again so that their colours blend. That
 * destroys what the square showed.
 * @param {CanvasRenderingContext2D} pen
 * @param {{x: number, y: number, side: number}} square
 */
function blur(pen, { x, y, side }) {
  const few = el('canvas', { width: ACROSS, height: ACROSS });
  const small = few.getContext('2d');
  if (!small) return;
  // The square is cut at the picture's edge. Otherwise the transparency beyond the edge would blend
  // with the face.
  const [left, top] = [Math.max(0, x - side / 2), Math.max(0, y - side / 2)];
  const across = Math.min(pen.canvas.width, x + side / 2) - left;
  const down = Math.min(pen.canvas.height, y + side / 2) - top;
  for (const context of [pen, small]) context.imageSmoothingQuality = 'high';
  small.drawImage(pen.canvas, left, top, across, down, 0, 0, ACROSS, ACROSS);
  pen.drawImage(few, left, top, across, down);
}
