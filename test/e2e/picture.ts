import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { DEFAULT_PACK, describePack } from '../../models/pack.ts';
import { pageScale } from '../../src/bots/page/scale.ts';
import type { Reply, ResultFace } from '../../src/chat/reply.ts';
import { shownChance } from '../../src/match/chance.ts';
import { matcher } from '../../src/match/matcher.ts';
import { browserWordsFor } from '../../src/text/words.ts';
import { openPage } from '../bots/page/fixture.ts';
import { en } from '../support/words.ts';
import { openChromium } from './chromium.ts';

// Makes docs/page.png: the real page in a real browser, with one prepared answer about a drawing.
// It is a drawing, because a README should hold nobody's photograph.

const WIDTH = 960;
const HEIGHT = 400;

interface Drawn {
  readonly x: number;
  readonly skin: string;
  readonly hair: string;
  readonly shirt: string;
}

const PEOPLE: readonly Drawn[] = [
  { x: 190, skin: '#f0c7a4', hair: '#8a4b25', shirt: '#3d6fb6' },
  { x: 480, skin: '#a86f4a', hair: '#241a17', shirt: '#d9a441' },
  { x: 770, skin: '#e3b58f', hair: '#d9c27a', shirt: '#5a8f6b' },
];

function drawing(): Promise<Buffer> {
  const people = PEOPLE.map(
    ({ x, skin, hair, shirt }) => `
      <g transform="translate(${x} 0)">
        <path d="M-130 400c0-90 60-118 130-118s130 28 130 118z" fill="${shirt}"/>
        <rect x="-26" y="225" width="52" height="75" rx="22" fill="${skin}"/>
        <ellipse cy="150" rx="92" ry="104" fill="${hair}"/>
        <ellipse cy="170" rx="72" ry="86" fill="${skin}"/>
        <path d="M-74 150c14-52 46-68 86-62 30 6 52 26 62 62-40-6-100-4-148 0z" fill="${hair}"/>
        <g fill="#2b2320"><circle cx="-27" cy="168" r="6.500"/><circle cx="27" cy="168" r="6.500"/></g>
        <path d="M-26 210c16 18 36 18 52 0" fill="none" stroke="#8f3f36" stroke-width="6" stroke-linecap="round"/>
        <path d="M0 176l-6 20h12" fill="none" stroke="#00000044" stroke-width="4" stroke-linejoin="round"/>
      </g>`,
  );
  return sharp(
    Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}">
      <rect width="100%" height="100%" fill="#cfdde6"/>
      <circle cx="480" cy="120" r="300" fill="#dfe9ee"/>
      ${people.join('')}
    </svg>`),
  )
    .jpeg({ quality: 95 })
    .toBuffer();
}

const { manifest, dims } = await describePack(DEFAULT_PACK, '');
const thresholds = { verification: manifest.thresholds.verify };
const judge = matcher(manifest.impostors, thresholds);
const compared = { templates: 240, faces: PEOPLE.length, power: 1, chancesRestOn: 'own' } as const;

const named = (name: string, distance: number) => {
  const exact = judge.chance(distance, compared);
  return { name, distance, chance: shownChance(exact), verdict: exact <= 0.01 ? 'match' : 'possible' } as const;
};
const faces: readonly ResultFace[] = [[named('Alice', 0.7)], [], [named('Carol', 1.05)]].map((matches, index) => ({
  number: index + 1,
  box: [(PEOPLE[index]?.x ?? 0) - 78, 82, 156, 180],
  verdict: matches[0]?.verdict ?? 'unknown',
  matches,
}));

const photo = await drawing();
// draw.ts loads the decoder of photos, which forbids SVG. So it is imported after the drawing was
// made from SVG.
const { draw } = await import('../../src/face/draw.ts');
const marks = faces.map(({ box, number, verdict }) => ({ box, number, tone: verdict }));
const result: Reply = {
  kind: 'result',
  text: en.find.summary({
    faces: faces.length,
    sure: faces.filter(({ verdict }) => verdict === 'match').length,
    maybe: faces.filter(({ verdict }) => verdict === 'possible').length,
    group: en.place.titled({ title: browserWordsFor('en').defaultGroup }),
  }),
  picture: { jpeg: await draw(photo, marks), alt: '', size: [WIDTH, HEIGHT] },
  faces,
  compared,
};

await using page = await openPage(() => [result], { scale: pageScale(judge, dims) });
const browser = await openChromium();
const tab = await browser.newPage({ viewport: { width: 1180, height: 860 }, colorScheme: 'light', locale: 'en-GB' });
await tab.goto(page.url);
await tab.locator('#text').fill('/find');
await tab.locator('#files').setInputFiles([{ name: 'party.jpg', mimeType: 'image/jpeg', buffer: photo }]);
await tab.locator('#send').click();
await tab.locator('.spot').nth(2).waitFor();
await tab.locator('.picture img').evaluate((image) => Reflect.apply(Reflect.get(image, 'decode'), image, []));
await tab.evaluate('document.activeElement.blur()');
await writeFile(join(import.meta.dirname, '../../docs/page.png'), await tab.screenshot());
await browser.close();
