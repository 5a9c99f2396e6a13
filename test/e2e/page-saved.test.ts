import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { WireReply } from '../../src/bots/page/render.ts';
import { inBrowser } from './browsed.ts';
import { dropFolder, enterGroup, eventually, openTab } from './tab.ts';

const describeInBrowser = await inBrowser('the originals that the page saves');

const IDA = join(import.meta.dirname, '../../src/bots/page/public/samples/ida.jpg');

/** The answer to a part of a folder in which each photo shows the asker. */
const onEach = (photos: number): WireReply => ({
  kind: 'presence',
  text: 'You are in them.',
  photos: Array.from({ length: photos }, (_, index) => ({ number: index + 1, verdict: 'match', distance: 0.5 })),
  seen: photos,
  found: photos,
});

describeInBrowser('the originals of what was found in a folder', (browsed) => {
  test('are all saved, although browsers begin only ten downloads at once', async () => {
    const folder = join(browsed.app.dataDir, 'many');
    await mkdir(folder);
    const names = Array.from({ length: 25 }, (_, index) => `${index + 1}.jpg`);
    for (const name of names) await copyFile(IDA, join(folder, name));
    await using tab = await openTab(browsed.browser, browsed.app.url);
    const { page } = tab;
    await enterGroup(page, 'many');
    const answers = [onEach(10), onEach(10), onEach(5)];
    await page.route('**/api/messages', (route) => route.fulfill({ json: { id: '1', replies: [answers.shift()] } }));
    await dropFolder(page, folder);
    await page.locator('#main-commands').getByRole('button', { name: 'Find me' }).click();
    const saved: string[] = [];
    page.on('download', (file) => saved.push(file.suggestedFilename()));
    await page.getByRole('button', { name: 'Download all (25)' }).click();
    await eventually(() => saved.toSorted()).toEqual(names.toSorted());
    await page.getByRole('button', { name: 'Save 7.jpg' }).click();
    await eventually(() => saved.filter((name) => name === '7.jpg').length).toBe(2);
    expect(saved.length).toBe(26);
    expect(tab.complaints).toEqual([]);
  });
});
