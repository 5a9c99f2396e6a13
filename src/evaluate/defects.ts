import type { Sharp } from 'sharp';
import type { Manifest } from '../../models/manifest.ts';
import type { Face } from '../face/face.ts';
import { fiveOf } from '../face/points.ts';

/**
 * Defects: traits of a photo that do not belong to its person. Strangers whose photos have the same
 * defect come nearer to each other.
 */
export const DEFECTS = ['glasses', 'sunglasses', 'mask', 'blur', 'small', 'dark'] as const;
export type Defect = (typeof DEFECTS)[number];

/**
 * By how many pixels a photo whose shorter side is {@link BLURRED_SIDE} is blurred. The blur grows
 * with the photo.
 */
const BLUR = 4;
const BLURRED_SIDE = 250;

/** The width in pixels to which a photo is reduced for `small`, so that it loses detail. */
const SMALL_SIDE = 64;

/** The share of its light that a darkened photo keeps. */
const DARK = 0.12;

const DARK_COLOURS = ['#101010', '#202028', '#3a2416', '#101840', '#401010'];
const CLOTHS = ['#9fc5e8', '#f2f2f2', '#1a1a1a', '#7fb3d5', '#c8d6c0', '#d9b8c4', '#5d6d7e', '#b03a2e'];

/** A photo, its size in pixels, and the face in it. */
export interface Portrait {
  readonly photo: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly face: Pick<Face, 'landmarks'>;
}

/**
 * A copy of the photo with a defect, as a JPEG. Glasses and masks are drawn onto the face, in
 * random shapes and colours. The other defects change the whole photo.
 * @param points which landmarks are eyes, from the pack's manifest
 * @param random gives random numbers, 0..1
 */
export async function withDefect(
  { photo, width, height, face }: Portrait,
  defect: Defect,
  points: Manifest['points'],
  random: () => number,
): Promise<Uint8Array> {
  // The image library is imported only here and not at the top of the file. The command line
  // imports this file at every start, even to start a bot, which must not load that library.
  const { default: sharp } = await import('sharp');
  // The photo is turned upright, because width, height and landmarks are those of the upright
  // photo.
  const upright = sharp(photo).rotate();
  const jpeg = (picture: Sharp) => picture.jpeg({ quality: 92 }).toBuffer();
  switch (defect) {
    case 'blur':
      return jpeg(upright.blur((BLUR * Math.min(width, height)) / BLURRED_SIDE));
    case 'small': {
      const small = await upright.resize(SMALL_SIDE).png().toBuffer();
      return jpeg(sharp(small).resize(width, height, { fit: 'fill' }));
    }
    case 'dark':
      return jpeg(upright.linear(DARK, 0));
    default: {
      const drawing = onFace(face, points, drawn(defect, random));
      const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${drawing}</svg>`;
      return jpeg(upright.composite([{ input: Buffer.from(svg) }]));
    }
  }
}

/**
 * Puts a drawing onto a face. In the drawing's coordinates, the eyes are at (-0.5, 0) and (0.5, 0).
 */
function onFace({ landmarks }: Pick<Face, 'landmarks'>, points: Manifest['points'], drawing: string): string {
  const [[lx, ly], [rx, ry]] = fiveOf(landmarks, points);
  const [ux, uy] = [rx - lx, ry - ly];
  return `<g transform="matrix(${ux} ${uy} ${-uy} ${ux} ${(lx + rx) / 2} ${(ly + ry) / 2})">${drawing}</g>`;
}

function drawn(defect: 'glasses' | 'sunglasses' | 'mask', random: () => number): string {
  const between = (low: number, high: number) => low + (high - low) * random();
  const oneOf = (list: readonly string[]) => list[Math.floor(random() * list.length)];
  if (defect === 'mask') {
    const [top, side, jaw, chin] = [between(0.15, 0.5), between(0.9, 1.15), between(0.6, 0.9), between(1.85, 2.2)];
    const [ear, cheek] = [`${side} ${top + 0.15}`, `${0.95 * side} 1.1`];
    const cloth = `M 0 ${top} L ${ear} L ${cheek} Q ${jaw} ${chin - 0.2} 0 ${chin} Q ${-jaw} ${chin - 0.2} -${cheek} L -${ear} Z`;
    const folds = [0.35, 0.55, 0.75].map((at) => top + at * (chin - top)).map((y) => `M ${-side} ${y} L ${side} ${y}`);
    const shade =
      random() < 0.6 ? `<path d="${folds.join(' ')}" stroke="#000" stroke-opacity="0.2" stroke-width="0.03"/>` : '';
    return `<path d="${cloth}" fill="${oneOf(CLOTHS)}"/>${shade}`;
  }
  const isDark = defect === 'sunglasses';
  const [width, height, frame] = [between(0.34, 0.44), between(0.22, 0.34), between(0.02, 0.09)];
  const round = width * between(0.2, 1);
  const glass = isDark
    ? `${oneOf(DARK_COLOURS)}" fill-opacity="${between(0.85, 1)}`
    : `#fff" fill-opacity="${between(0, 0.2)}`;
  const lens = (x: number) =>
    `<rect x="${x - width}" y="${-0.9 * height}" width="${2 * width}" height="${2 * height}" rx="${round}" fill="${glass}"/>`;
  const [inner, outer] = [0.5 - width, 0.5 + width];
  const bars = `<path d="M ${-inner} 0 H ${inner} M ${outer} 0 L 1.1 0.05 M ${-outer} 0 L -1.1 0.05"/>`;
  return `<g stroke="${oneOf(DARK_COLOURS)}" stroke-width="${frame}">${lens(-0.5)}${lens(0.5)}${bars}</g>`;
}
