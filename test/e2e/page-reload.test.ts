import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { inBrowser } from './browsed.ts';
import { photo, selfie, visitor } from './page-app.ts';
import { enterGroup, eventually, jpeg, log, openTab } from './tab.ts';

const describeInBrowser = await inBrowser('what a reload leaves of the page');

/** All that the browser stores for the page, as text. */
const stored = (page: Page) => page.evaluate<string>('JSON.stringify([sessionStorage, localStorage, document.cookie])');

async function find(page: Page): Promise<void> {
  await page.locator('#files').setInputFiles(photo(3));
  await page.locator('#text').fill('/find');
  await page.locator('#send').click();
  await log(page).getByRole('button', { name: 'I agree' }).click();
  await log(page).locator('.result').waitFor();
}

describeInBrowser('when the page is loaded again', (browsed) => {
  test('the conversation stands there again: questions said, results, what may come next, and the draft', async () => {
    await using tab = await openTab(browsed.browser, browsed.app.url);
    const { page } = tab;
    await enterGroup(page, 'again');
    await visitor(browsed.app.url, 'zoe', 'again').agree('/enroll', await selfie());
    await find(page);
    await page.locator('#text').fill('half a sen');

    await page.reload();
    expect(await page.locator('#text').inputValue()).toBe('half a sen');
    const result = log(page).locator('.result');
    expect(await result.textContent()).toContain('zoe, match');
    await eventually(() =>
      result.locator('.picture img').evaluate((image) => Reflect.get(image, 'naturalWidth') > 0),
    ).toBe(true);
    expect(await log(page).locator('.own').textContent()).toBe('Alice saysphoto forgotten/find');
    expect(await log(page).getByRole('button', { name: 'Search another photo' }).count()).toBe(1);
    expect(await page.locator('.welcome').count()).toBe(0);
    expect(tab.complaints).toEqual([]);
  });

  test('the browser has kept no photo and no number of a face', async () => {
    await using tab = await openTab(browsed.browser, browsed.app.url);
    const { page } = tab;
    await enterGroup(page, 'numbers');
    await page.locator('#files').setInputFiles(jpeg('me.jpg', await selfie()));
    await page.locator('#text').fill('/enroll');
    await page.locator('#send').click();
    await log(page).getByRole('button', { name: 'I agree' }).click();
    await log(page).getByRole('heading', { name: 'Enrolled' }).waitFor();
    await page.getByRole('button', { name: 'My data' }).click();
    await log(page).locator('.vector').waitFor();
    const [held] = await visitor(browsed.app.url, 'alice', 'numbers').say('/mydata');
    const [first] = /-?0\.\d{5,}/.exec(JSON.stringify(held)) ?? [];
    expect(first).toBeDefined();
    expect(await stored(page)).not.toContain(first);
    expect(await stored(page)).not.toMatch(/data:image|base64/);
  });

  test('nothing is left of a person who was erased in this tab, except the receipt', async () => {
    await using tab = await openTab(browsed.browser, browsed.app.url);
    const { page } = tab;
    await enterGroup(page, 'erased');
    await page.getByRole('button', { name: 'Someone else' }).click();
    await page.getByPlaceholder('Your name').fill('Zelda');
    await page.keyboard.press('Enter');
    await visitor(browsed.app.url, 'zelda', 'erased').agree('/enroll', await selfie());
    await page.getByRole('radio', { name: 'Bob' }).check();
    await find(page);
    await page.getByRole('radio', { name: 'Zelda' }).check();
    await page.getByRole('button', { name: 'Forget me', exact: true }).click();
    await log(page).getByRole('button', { name: 'Erase me from erased' }).click();
    await log(page).getByRole('heading', { name: 'Receipt of erasure: erased' }).waitFor();

    await page.reload();
    await log(page).getByRole('heading', { name: 'Receipt of erasure: erased' }).waitFor();
    await page.getByRole('radio', { name: 'Bob' }).check();
    expect(await log(page).locator('.own').count()).toBe(1);
    expect(await log(page).locator('.result').count()).toBe(0);
  });
});
