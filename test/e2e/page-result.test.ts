import { expect, test } from 'vitest';
import type { WireReply } from '../../src/bots/page/render.ts';
import { en } from '../support/words.ts';
import { inBrowser } from './browsed.ts';
import { photo, selfie, visitor } from './page-app.ts';
import { enterGroup, eventually, log, openTab } from './tab.ts';

const describeInBrowser = await inBrowser('a result on the page');

describeInBrowser('a result on the page', (browsed) => {
  test('shows each face beside its name, and a press on either finds the other', async () => {
    await using tab = await openTab(browsed.browser, browsed.app.url, { viewport: { width: 360, height: 640 } });
    const { page } = tab;
    await enterGroup(page, 'linking');
    await visitor(browsed.app.url, 'alice', 'linking').agree('/enroll', await selfie());
    await page.locator('#files').setInputFiles(photo(3));
    await page.locator('#text').fill('/find');
    await page.locator('#send').click();
    await log(page).getByRole('button', { name: 'I agree' }).click();
    const row = log(page).getByRole('listitem').filter({ hasText: 'alice' });
    const [crop, spot] = [row.getByRole('button', { name: 'Face 2' }), page.locator('.spot').nth(1)];
    await eventually(() => page.locator('.picture img').evaluate((image) => Reflect.get(image, 'complete'))).toBe(true);
    const drawn = await page.evaluate<number>(`
      const canvas = document.querySelector('.named').closest('li').querySelector('canvas');
      new Set(canvas.getContext('2d').getImageData(0, 0, 88, 88).data).size`);
    expect(drawn).toBeGreaterThan(100);

    await crop.click();
    expect(await page.locator('.linked').count()).toBe(2);
    expect(await spot.evaluate((element) => element.matches('.linked:focus'))).toBe(true);
    await page.locator('.spot').first().click();
    const others = log(page).getByRole('listitem').filter({ hasText: 'Face 1' });
    expect(await others.evaluate((element) => element.matches('.linked'))).toBe(true);
    expect(await row.evaluate((element) => element.matches('.linked'))).toBe(false);
    // The spot, which is a button, lies over the face in the picture.
    const at = await spot.boundingBox();
    const picture = await page.locator('.picture img').boundingBox();
    expect(((at?.x ?? 0) + (at?.width ?? 0) / 2 - (picture?.x ?? 0)) / (picture?.width ?? 1)).toBeCloseTo(0.62, 1);
    expect(tab.complaints).toEqual([]);
  });

  test('says which faces were left out', async () => {
    await using tab = await openTab(browsed.browser, browsed.app.url);
    const { page } = tab;
    const left = en.find.left({ left: 9, faces: 100 });
    const result: WireReply = {
      kind: 'result',
      text: `Nobody.\n${left}`,
      summary: 'Nobody.',
      notes: [left],
      faces: [{ number: 1, box: [0, 0, 9, 9], verdict: 'unknown', matches: [] }],
    };
    await page.route('**/api/messages', (route) => route.fulfill({ json: { id: '1', replies: [result] } }));
    await page.locator('#files').setInputFiles(photo(3));
    await page.locator('#text').fill('/find');
    await page.locator('#send').click();
    await log(page).locator('.result').getByText(left).waitFor();
    expect(await log(page).getByText(left).count()).toBe(1);
  });
});
