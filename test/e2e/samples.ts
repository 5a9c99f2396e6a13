import { join } from 'node:path';
import sharp from 'sharp';

// Draws the sample people of the page (npm run samples), because the page should hold nobody's
// photograph. The nets take a drawing for a face when the skin looks round, with shadows, and the
// eyes look somewhere. These two were chosen from 48 drawings with random features: their faces are
// as far apart as those of strangers, which test/e2e/page-samples.test.ts checks.

const FOLDER = join(import.meta.dirname, '../../src/bots/page/public/samples');

interface Drawn {
  readonly skin: string;
  readonly shade: string;
  readonly hair: string;
  readonly iris: string;
  readonly lips: string;
  /** The width of the head. The picture is 156 by 208. */
  readonly wide: number;
  readonly long: number;
  /** The distance from the middle to an eye. */
  readonly eye: number;
  readonly eyeSize: number;
  readonly brow: { readonly width: number; readonly tilt: number; readonly down: number };
  readonly nose: { readonly long: number; readonly wide: number };
  readonly mouth: { readonly wide: number; readonly high: number };
}

const IDA: Drawn = {
  skin: '#f4d3b8',
  shade: '#d19a7a',
  hair: '#d8d2c8',
  iris: '#2b1a12',
  lips: '#8a4a42',
  wide: 1.11,
  long: 0.95,
  eye: 34.7,
  eyeSize: 1.17,
  brow: { width: 10.3, tilt: 4.9, down: 7.4 },
  nose: { long: 32.7, wide: 1.58 },
  mouth: { wide: 27.2, high: 6.7 },
};

const NINA: Drawn = {
  skin: '#e0ac7e',
  shade: '#a8703f',
  hair: '#1a1210',
  iris: '#6b4a2a',
  lips: '#a8483f',
  wide: 1.11,
  long: 0.91,
  eye: 45.8,
  eyeSize: 0.78,
  brow: { width: 3.1, tilt: 2.5, down: -2.1 },
  nose: { long: 47.5, wide: 0.87 },
  mouth: { wide: 32, high: 8 },
};

/** How a person looks in one picture. */
interface Pose {
  /** 0 is serious; from 0.7 on, teeth show. */
  readonly smile: number;
  /** From −1 (to the left of the picture) to 1 (to the right). */
  readonly turn: number;
  /** Degrees. */
  readonly tilt: number;
  readonly shirt: string;
}

function eyes({ iris, shade, hair, eye, eyeSize: s, brow }: Drawn, turn: number): string {
  return [-1, 1]
    .map(
      (side) => `
      <g transform="translate(${side * eye} -8)">
        <path d="M${-17 * s} 1Q0 ${-13 * s} ${17 * s} 1Q0 ${10 * s} ${-17 * s} 1z" fill="#f6f1ec"/>
        <circle cx="${turn * 3}" cy="-1" r="${7.6 * s}" fill="${iris}"/>
        <circle cx="${turn * 3}" cy="-1" r="${3.6 * s}" fill="#15100e"/>
        <circle cx="${turn * 3 + 2.5}" cy="-4" r="1.8" fill="#fff"/>
        <g fill="none" stroke-linecap="round">
          <path d="M${-18 * s} 1Q0 ${-15 * s} ${18 * s} 0" stroke="#2a1c17" stroke-width="3"/>
          <path d="M${-17 * s} ${-8 * s}Q0 ${-20 * s} ${18 * s} ${-7 * s}" stroke="${shade}" stroke-width="2"/>
          <path d="M${-14 * s} ${9 * s}Q0 ${15 * s} ${14 * s} ${9 * s}" stroke="${shade}" stroke-width="2"/>
          <path transform="scale(${side} 1)" d="M-22 ${-22 + brow.down + brow.tilt}Q0 ${-34 + brow.down} 20 ${-22 + brow.down - brow.tilt}"
            stroke="${hair}" stroke-width="${brow.width}"/>
        </g>
      </g>`,
    )
    .join('');
}

function nose({ nose: { long, wide: w } }: Drawn): string {
  return `
    <path d="M-6-10Q${-9 * w} ${long * 0.5} ${-15 * w} ${long * 0.72}Q${-16 * w} ${long * 0.9} 0 ${long * 0.92}
      Q${16 * w} ${long * 0.9} ${15 * w} ${long * 0.72}Q${9 * w} ${long * 0.5} 6-10z" fill="url(#nose)" filter="url(#soft)"/>
    <g fill="#4a261f" opacity=".8">
      <ellipse cx="${-7 * w}" cy="${long * 0.84}" rx="4" ry="2.5"/><ellipse cx="${7 * w}" cy="${long * 0.84}" rx="4" ry="2.5"/>
    </g>
    <ellipse cx="-2" cy="${long * 0.6}" rx="4" ry="8" fill="#fff" opacity=".25" filter="url(#soft)"/>`;
}

function mouth({ lips, mouth: { wide, high } }: Drawn, smile: number): string {
  const curve = smile * 14;
  const corner = -curve * 0.5;
  const teeth = `<path d="M${-wide * 0.8} ${-curve * 0.3}Q0 ${curve * 0.1} ${wide * 0.8} ${-curve * 0.3}Q0 ${curve * 1.5} ${-wide * 0.8} ${-curve * 0.3}z" fill="#fdfaf5"/>`;
  return `
    <path d="M${-wide} ${corner}Q${-wide * 0.5} ${-high - 1} -5 ${-high + 1}Q0 ${-high + 4} 5 ${-high + 1}Q${wide * 0.5} ${-high - 1} ${wide} ${corner}
      Q0 ${curve} ${-wide} ${corner}z" fill="${lips}"/>
    ${smile > 0.7 ? teeth : ''}
    <path transform="translate(0 ${smile > 0.7 ? curve * 0.35 : 0})" fill="${lips}" opacity=".86"
      d="M${-wide} ${corner}Q0 ${curve + 1} ${wide} ${corner}Q0 ${curve + high * 2.3} ${-wide} ${corner}z"/>`;
}

function person(drawn: Drawn, { smile, turn, tilt, shirt }: Pose): string {
  const { skin, shade, hair, wide, long } = drawn;
  const [w, h] = [78 * wide, 104 * long];
  const shadows = [-1, 1].map(
    (side) => `
      <ellipse cx="${side * drawn.eye}" cy="-10" rx="24" ry="13" fill="${shade}"/>
      <ellipse cx="${side * 46 * wide}" cy="30" rx="17" ry="12" fill="#c9584d" opacity=".45"/>`,
  );
  return `
    <path d="M-150 330C-150 170-70 132 0 132S150 170 150 330z" fill="${shirt}"/>
    <g transform="rotate(${tilt})">
      <radialGradient id="skin${skin.slice(1)}" cx=".45" cy=".4" r=".75">
        <stop offset=".62" stop-color="${skin}"/><stop offset="1" stop-color="${shade}"/>
      </radialGradient>
      <ellipse cy="-30" rx="${w + 12}" ry="${h - 6}" fill="${hair}"/>
      <path d="M-32 70h64v70h-64z" fill="${shade}"/>
      <ellipse cx="${-w + 2}" cy="2" rx="10" ry="20" fill="${shade}"/><ellipse cx="${w - 2}" cy="2" rx="10" ry="20" fill="${shade}"/>
      <path d="M${-w}-26C${-w} ${-h - 14} ${w} ${-h - 14} ${w}-26C${w} 34 ${w * 0.66} ${h} 0 ${h}C${-w * 0.66} ${h} ${-w} 34 ${-w}-26z"
        fill="url(#skin${skin.slice(1)})"/>
      <g transform="translate(${turn * 10} 0)">
        <g filter="url(#dim)" opacity=".55">${shadows.join('')}
          <ellipse cy="${50 * long + 20}" rx="20" ry="7" fill="${shade}"/></g>
        ${eyes(drawn, turn)}
        <g transform="translate(${turn * 4} 0)">${nose(drawn)}</g>
        <g transform="translate(${turn * 2} ${50 * long})">${mouth(drawn, smile)}</g>
      </g>
      <path d="M${-w - 3}-10C${-w}-50-40 ${-h + 20} 10 ${-h + 14}C50 ${-h + 12} ${w}-50 ${w + 3}-10
        C${w + 18}-80 ${w - 20} ${-h - 26} 0 ${-h - 26}S${-w - 18}-70 ${-w - 3}-10z" fill="${hair}"/>
    </g>`;
}

interface Placed {
  readonly who: Drawn;
  readonly x: number;
  readonly pose: Pose;
}

async function picture(
  file: string,
  width: number,
  [light, dark]: readonly [string, string],
  people: readonly Placed[],
) {
  const drawing = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="560">
    <linearGradient id="wall" x2="1" y2="1"><stop stop-color="${light}"/><stop offset="1" stop-color="${dark}"/></linearGradient>
    <linearGradient id="nose"><stop stop-opacity=".05"/><stop offset="1" stop-opacity=".28"/></linearGradient>
    <filter id="dim" x="-50%" y="-50%" width="200%" height="200%"><feGaussianBlur stdDeviation="5"/></filter>
    <filter id="soft" x="-50%" y="-50%" width="200%" height="200%"><feGaussianBlur stdDeviation="1.6"/></filter>
    <rect width="100%" height="100%" fill="url(#wall)"/>
    ${people.map(({ who, x, pose }) => `<g transform="translate(${x} 250) scale(1.15)">${person(who, pose)}</g>`).join('')}
  </svg>`;
  await sharp(Buffer.from(drawing)).jpeg({ quality: 88 }).toFile(join(FOLDER, file));
}

const day = ['#dfe9ee', '#b8c9d6'] as const;
const evening = ['#ffe9cf', '#9fb4c8'] as const;
await picture('ida.jpg', 480, day, [{ who: IDA, x: 240, pose: { smile: 0.3, turn: 0, tilt: 0, shirt: '#8a3d5a' } }]);
await picture('party.jpg', 860, evening, [
  { who: NINA, x: 240, pose: { smile: 0.5, turn: -0.2, tilt: 3, shirt: '#5a8f6b' } },
  { who: IDA, x: 630, pose: { smile: 0.8, turn: -0.4, tilt: 4, shirt: '#7a5aa0' } },
]);
