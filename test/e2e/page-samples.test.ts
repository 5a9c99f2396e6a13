import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { inBrowser } from './browsed.ts';
import { eventually, log, openTab } from './tab.ts';

const describeInBrowser = await inBrowser('the page with sample people');

/** How many clicks and key presses of the person the page has got so far. */
const handled = (page: Page) => page.evaluate<number>('window.handled');

describeInBrowser('a newcomer who tries it with sample people', (browsed) => {
  test.each([
    ['en', 'Try it with sample people', 'I agree', 'Ida, match: distance 0.25; at most 1 in 10,000 answers like this'],
    ['de', 'Mit Beispielleuten probieren', 'Ich stimme zu', 'Ida, Treffer: Abstand 0,25; höchstens 1 von 10.000'],
  ])('meets the first match within three clicks (%s)', async (locale, begin, agree, match) => {
    await using tab = await openTab(browsed.browser, browsed.app.url, { locale });
    const { page } = tab;
    await page.evaluate(`
      window.handled = 0;
      for (const type of ['click', 'keydown']) addEventListener(type, (event) => { handled += event.isTrusted ? 1 : 0; }, true);
    `);
    await page.getByRole('button', { name: begin }).click();
    await log(page).getByRole('button', { name: agree, exact: true }).click();
    await eventually(() => log(page).textContent()).toContain(match);
    expect(await handled(page)).toBeLessThanOrEqual(3);

    // The other face in the picture is neither a match nor a possible match.
    expect(await log(page).locator('.faces > li.unknown').count()).toBe(1);
    expect(await log(page).locator('.faces > li').count()).toBe(2);
    expect(tab.complaints).toEqual([]);
    expect(tab.elsewhere).toEqual([]);
  });

  test('goes on from there with one press', async () => {
    await using tab = await openTab(browsed.browser, browsed.app.url);
    const { page } = tab;
    await page.getByRole('radio', { name: 'Bob' }).check();
    await page.getByRole('button', { name: 'Try it with sample people' }).click();
    await log(page).getByRole('button', { name: 'I agree', exact: true }).click();
    await log(page).getByRole('button', { name: 'Let others find me' }).click();
    expect(await page.locator('#text').inputValue()).toBe('/enroll');
    await page.locator('#sheet').getByRole('button', { name: 'Choose a photo' }).waitFor();
  });
});
