import { readFile } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { WireReply } from '../../src/bots/page/render.ts';
import { missingChromium, openChromium } from './chromium.ts';
import { photo, type RunningApp, runApp, selfie, visitor } from './page-app.ts';
import { enterGroup, log, openTab } from './tab.ts';

const missing = await missingChromium();
if (missing) console.error(`*** NOT TESTED: blurring by a tap on the page, because ${missing}`);

/** The middle of the named face, as shares of the photo's width and height. */
function middleOf(found: WireReply | undefined): [x: number, y: number] {
  const face = found?.kind === 'result' ? found.faces.find(({ matches }) => matches.length > 0) : undefined;
  if (found?.kind !== 'result' || !face || !found.size) throw new Error('nobody is named');
  const [left, top, width, height] = face.box;
  return [(left + width / 2) / found.size[0], (top + height / 2) / found.size[1]];
}

let app: RunningApp;
let browser: Browser;

describe.skipIf(missing)('a face that /blur left as it is', () => {
  beforeAll(async () => {
    app = await runApp();
    browser = await openChromium();
  });

  afterAll(async () => {
    await browser?.close();
    await app?.[Symbol.asyncDispose]();
  });

  test('is blurred by taps on it, in the browser alone, and recognised no more in the saved copy', async () => {
    await using tab = await openTab(browser, app.url, { viewport: { width: 360, height: 640 }, acceptDownloads: true });
    const { page } = tab;
    await enterGroup(page, 'tapping');
    const alice = visitor(app.url, 'alice', 'tapping');
    await alice.agree('/enroll', await selfie());
    const [found] = await alice.agree('/find', await readFile(photo(3)));
    const [x, y] = middleOf(found);
    const sent: string[] = [];
    await page.locator('#files').setInputFiles(photo(3));
    await page.locator('#text').fill('/blur');
    await page.locator('#send').click();
    await log(page).getByRole('button', { name: 'I agree' }).click();
    await log(page).getByRole('button', { name: 'Blur one more by a tap' }).click();
    page.on('request', (request) => void sent.push(request.url()));
    const canvas = page.locator('.picture canvas');
    const save = async () => {
      const [file] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: 'Save the copy' }).click(),
      ]);
      return await readFile(await file.path());
    };
    const { width = 0, height = 0 } = (await canvas.boundingBox()) ?? {};
    const before = await save();
    for (let i = 0; i < 3; i += 1) await canvas.click({ position: { x: width * x, y: height * y } });
    const after = await save();
    expect(sent.filter((url) => !url.startsWith('blob:'))).toEqual([]);
    expect((await sharp(after).metadata()).exif).toBeUndefined();
    expect(await alice.say('/me', before)).toMatchObject([{ kind: 'presence', found: 1 }]);
    expect(await alice.say('/me', after)).toMatchObject([{ kind: 'presence', found: 0 }]);
    expect(tab.complaints).toEqual([]);
  });
});
