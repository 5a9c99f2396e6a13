import { expect, test } from 'vitest';
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
});
