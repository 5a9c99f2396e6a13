import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { timedWork } from '../support/patience.ts';
import { missingChromium, openChromium } from './chromium.ts';
import { type RunningApp, runApp } from './page-app.ts';
import { enterGroup, eventually, log, openTab } from './tab.ts';

const missing = await missingChromium();
if (missing) console.error(`*** NOT TESTED: selfies that the page takes, because ${missing}`);

const IDA = join(import.meta.dirname, '../../src/bots/page/public/samples/ida.jpg');
const [WIDTH, HEIGHT] = [640, 480];

let app: RunningApp;
let folder: string;

/**
 * Writes a film (Y4M) for Chromium's fake camera, which repeats it. Each picture lasts a second and
 * a half. Gives the film's path.
 */
async function film(name: string, pictures: readonly Promise<Buffer>[]): Promise<string> {
  const frames: Buffer[] = [];
  for (const rgb of await Promise.all(pictures)) {
    const points = WIDTH * HEIGHT;
    const planes = Buffer.alloc(points * 1.5, 128);
    for (let at = 0; at < points; at++) {
      const [red = 0, green = 0, blue = 0] = rgb.subarray(at * 3, at * 3 + 3);
      planes[at] = 0.299 * red + 0.587 * green + 0.114 * blue;
    }
    frames.push(...Array.from({ length: 15 }, () => Buffer.concat([Buffer.from('FRAME\n'), planes])));
  }
  const path = join(folder, name);
  await writeFile(
    path,
    Buffer.concat([Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F10:1 Ip A1:1 C420jpeg\n`), ...frames]),
  );
  return path;
}

const turned = (degrees: number) =>
  sharp(IDA)
    .rotate(degrees, { background: '#c0ccd8' })
    .resize(WIDTH, HEIGHT, { fit: 'cover' })
    .removeAlpha()
    .raw()
    .toBuffer();
const night = sharp({ create: { width: WIDTH, height: HEIGHT, channels: 3, background: '#0a0a0a' } }).raw();

async function withCamera(path: string): Promise<Browser> {
  return await openChromium([`--use-file-for-fake-video-capture=${path}`]);
}

describe.skipIf(missing)('selfies taken by the page', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'facefinder-films-'));
    app = await runApp();
  });

  afterAll(async () => {
    await app?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  test('are three, taken without a press while it says what to do, and good enough to be enrolled', async () => {
    const browser = await withCamera(await film('nina.y4m', [turned(0), turned(4), turned(-4)]));
    await using _ = { [Symbol.asyncDispose]: () => browser.close() };
    await using tab = await openTab(browser, app.url);
    const { page } = tab;
    await enterGroup(page, 'selfies');
    await page.locator('#main-commands').getByRole('button', { name: 'Enrol me' }).click();
    // The page itself records what it says, because a test on a busy machine could miss a
    // short-lived sentence.
    await page.evaluate(`
      window.said = [];
      const coach = document.querySelector('#coach');
      new MutationObserver(() => said.push(coach.textContent)).observe(coach, { childList: true });
    `);
    const { ms, slowness } = await timedWork(async () => {
      await page.locator('#sheet').getByRole('button', { name: 'Take a photo' }).click();
      await page.locator('.tray img').nth(2).waitFor();
    });
    expect(ms / slowness).toBeLessThan(8_000);
    expect(await page.locator('.tray img').count()).toBe(3);
    expect(await page.locator('#camera').isVisible()).toBe(false);
    const said = await page.evaluate<string[]>('said.filter((sentence) => sentence && !/dark/.test(sentence))');
    expect(said).toEqual([
      'Come close, until your face fills the oval. Look at the camera.',
      'Now turn your head a little to the left.',
      'And a little to the right.',
    ]);

    await page.locator('#send').click();
    await log(page).getByRole('button', { name: 'I agree' }).click();
    await log(page).getByRole('heading', { name: 'Enrolled' }).waitFor();
    expect(tab.complaints).toEqual([]);
  });

  test('wait for light', async () => {
    const browser = await withCamera(await film('night.y4m', [night.toBuffer()]));
    await using _ = { [Symbol.asyncDispose]: () => browser.close() };
    await using tab = await openTab(browser, app.url, { locale: 'de' });
    const { page } = tab;
    await page.locator('#main-commands').getByRole('button', { name: 'Nimm mich auf' }).click();
    await page.locator('#sheet').getByRole('button', { name: 'Foto aufnehmen' }).click();
    await page.getByRole('status').filter({ hasText: 'zu dunkel' }).waitFor();
    // The photo is too dark, but people who cannot get more light can still take it.
    await page.getByRole('button', { name: 'Auslösen' }).click();
    await eventually(() => page.locator('.tray img').count()).toBe(1);
  });
});
