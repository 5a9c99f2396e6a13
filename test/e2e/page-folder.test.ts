import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missingChromium, openChromium } from './chromium.ts';
import { type RunningApp, runApp } from './page-app.ts';
import { enterGroup, eventually, log, openTab } from './tab.ts';

const missing = await missingChromium();
if (missing) console.error(`*** NOT TESTED: a folder that is dropped, because ${missing}`);

const IDA = join(import.meta.dirname, '../../src/bots/page/public/samples/ida.jpg');

let app: RunningApp;
let browser: Browser;

describe.skipIf(missing)('a folder dropped on the page', () => {
  beforeAll(async () => {
    app = await runApp();
    browser = await openChromium();
  });

  afterAll(async () => {
    await browser?.close();
    await app?.[Symbol.asyncDispose]();
  });

  test('is searched photo by photo, as many at a time as one message may bring', async () => {
    const folder = join(app.dataDir, 'album');
    await mkdir(join(folder, 'summer'), { recursive: true });
    for (let photo = 1; photo <= 12; photo++) {
      await copyFile(IDA, join(folder, photo > 9 ? 'summer' : '', `${photo}.jpg`));
    }
    await writeFile(join(folder, 'notes.txt'), 'no photo');
    await using tab = await openTab(browser, app.url);
    const { page } = tab;
    await enterGroup(page, 'album');
    const devtools = await page.context().newCDPSession(page);
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
      await devtools.send('Input.dispatchDragEvent', {
        type,
        x: 600,
        y: 300,
        data: { items: [], files: [folder], dragOperationsMask: 1 },
      });
    }
    await eventually(() => page.locator('.tray li').count()).toBe(12);

    await page.locator('#main-commands').getByRole('button', { name: 'Find people' }).click();
    // Asked first, the rest of the photos waits.
    await log(page).getByRole('button', { name: 'I agree' }).click();
    await eventually(() => page.locator('.result').count()).toBe(10);
    expect(await page.locator('.tray li').count()).toBe(2);
    await page.locator('#send').click();
    await eventually(() => page.locator('.result').count()).toBe(12);
    expect(await page.locator('.tray li').count()).toBe(0);
    expect(tab.complaints).toEqual([]);
  });
});
