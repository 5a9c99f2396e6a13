import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { browserWordsFor, wordsFor } from '../../src/text/words.ts';
import { inBrowser } from './browsed.ts';
import { selfie } from './page-app.ts';
import { whereIs } from './page-layout.ts';

const describeInBrowser = await inBrowser('what is reachable on the page');

/** From small to large. 320 × 200 is what a screen of 1280 × 800 shows at a zoom of 400 %. */
const SCREENS = [
  [320, 200],
  [320, 256],
  [360, 640],
  [640, 400],
  [844, 390],
  [1280, 800],
] as const;

const log = (page: Page) => page.getByRole('log');

/**
 * A function that runs in the browser. It says whether an element is fully on the screen, with
 * nothing over its middle.
 */
const WITHIN_REACH = `(element) => {
  const { left, top, right, bottom } = element.getBoundingClientRect();
  const hit = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
  const isWhole = left >= 0 && top >= -1 && right <= innerWidth + 1 && bottom <= innerHeight + 1;
  return isWhole && hit !== null && element.contains(hit);
}`;

/**
 * A function that runs in the browser. It names the parts of a notice that people may miss before
 * they agree: boxes that hide a part, and texts that end below the top of the button that agrees.
 */
const NOT_SEEN_BEFORE = `(element) => {
  const before = element.closest('.card').querySelector('.agree').getBoundingClientRect().top;
  const cut = [];
  for (let box = element; box.id !== 'logs'; box = box.parentElement) {
    if (box.scrollHeight > box.clientHeight + 1) cut.push(box.className + ' hides what it holds');
  }
  for (const part of element.querySelectorAll('p, h5')) {
    if (part.getBoundingClientRect().bottom > before) cut.push(part.textContent);
  }
  return cut;
}`;

/** Calls a function in the browser, given as text, with the first element of this selector. */
const ofElement = (page: Page, selector: string, said: string) =>
  page.evaluate<unknown>(`(${said})(document.querySelector('${selector}'))`);

/** Whether a person can scroll to the first element of this selector and press it there. */
async function isWithinReach(page: Page, selector: string): Promise<unknown> {
  await page.locator(selector).first().scrollIntoViewIfNeeded();
  return await ofElement(page, selector, WITHIN_REACH);
}

/** Sends a selfie, and waits for the notice. */
async function isAskedToAgree(page: Page): Promise<void> {
  await page.locator('#text').fill('/enroll');
  await page.locator('#files').setInputFiles([{ name: 'me.jpg', mimeType: 'image/jpeg', buffer: await selfie() }]);
  await page.locator('#send').click();
  await log(page).locator('.notice').waitFor();
}

describeInBrowser('on every screen', (browsed) => {
  describe.each(['en', 'de'])('in %s', (locale) => {
    test.each(SCREENS)(
      'of %i × %i the notice is seen before it is agreed to, and every right is in reach',
      async (width, height) => {
        const context = await browsed.browser.newContext({ locale, viewport: { width, height } });
        await using _ = { [Symbol.asyncDispose]: () => context.close() };
        const page = await context.newPage();
        await page.goto(browsed.app.url);
        const { notice } = wordsFor(locale);
        const rights = ['forget', 'mydata', 'privacy'].map((name) => `#commands [data-command="/${name}"]`);
        for (const right of rights) expect(await isWithinReach(page, right), right).toBe(true);

        await isAskedToAgree(page);
        expect(await ofElement(page, '.notice', NOT_SEEN_BEFORE)).toEqual([]);
        for (const right of rights) expect(await isWithinReach(page, right), right).toBe(true);
        expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
        if (process.env.PICTURES)
          await page.screenshot({ path: `${process.env.PICTURES}/${locale}-${width}x${height}.png` });

        expect(await isWithinReach(page, '.consent .decline')).toBe(true);
        await page.locator('.consent .decline').click();
        await log(page).getByText(notice.declined).waitFor();
      },
    );

    /** The page on a screen of this size. */
    async function onScreen(width: number, height: number) {
      const context = await browsed.browser.newContext({ locale, viewport: { width, height } });
      const page = await context.newPage();
      await page.goto(browsed.app.url);
      return { page, [Symbol.asyncDispose]: () => context.close() };
    }

    test.each(SCREENS)(
      'of %i × %i a link below the lead of the notice leads to the choice, and chooses nothing',
      async (width, height) => {
        await using screen = await onScreen(width, height);
        const { page } = screen;
        await isAskedToAgree(page);
        const link = log(page).getByRole('link', { name: browserWordsFor(locale).goToChoice });
        expect(await whereIs(page, '.consent .agree')).not.toBe('in view');
        if (width === 360) expect(await whereIs(page, '.to-choice')).toBe('in view');

        await link.focus();
        await page.keyboard.press('Enter');
        await expect.poll(() => whereIs(page, '.consent .agree')).toBe('in view');
        const title = (await log(page).locator('.consent h4').textContent()) ?? '';
        const focused = log(page).getByRole('group', { name: title });
        expect(await page.evaluate('document.activeElement.id')).toBe(await focused.getAttribute('id'));
        if (process.env.PICTURES)
          await page.screenshot({ path: `${process.env.PICTURES}/${locale}-${width}x${height}-choice.png` });
        expect(await log(page).locator('.chosen').count()).toBe(0);
        await page.keyboard.press('Tab');
        expect(await page.evaluate('document.activeElement.textContent')).toBe(wordsFor(locale).notice.agree);
      },
    );

    test('that shows the whole notice with its choice, there is no such link, until the screen gets smaller', async () => {
      await using screen = await onScreen(1280, 2_400);
      const { page } = screen;
      await isAskedToAgree(page);
      await expect.poll(() => whereIs(page, '.consent .agree')).toBe('in view');
      await expect.poll(() => page.locator('.to-choice').isVisible()).toBe(false);
      if (process.env.PICTURES) await page.screenshot({ path: `${process.env.PICTURES}/${locale}-tall.png` });
      await page.setViewportSize({ width: 360, height: 640 });
      await expect.poll(() => page.locator('.to-choice').isVisible()).toBe(true);
    });
  });

  test('a reload loses no open question, no receipt, and no group', async () => {
    const context = await browsed.browser.newContext({ locale: 'en' });
    await using _ = { [Symbol.asyncDispose]: () => context.close() };
    const page = await context.newPage();
    await page.goto(browsed.app.url);
    await page.getByLabel('In the group', { exact: true }).selectOption({ label: 'Another group…' });
    await page.getByPlaceholder('Name of the group').fill('reloading');
    await page.keyboard.press('Enter');
    await page.locator('#text').fill('/enroll');
    await page.locator('#files').setInputFiles([{ name: 'me.jpg', mimeType: 'image/jpeg', buffer: await selfie() }]);
    await page.locator('#send').click();
    await log(page).getByRole('button', { name: 'I agree' }).waitFor();

    await page.reload();
    await log(page).getByRole('button', { name: 'I agree' }).click();
    await log(page).getByRole('heading', { name: 'Enrolled' }).waitFor();
    await log(page).getByRole('heading', { name: 'Receipt of consent: reloading' }).waitFor();
    await page.locator('#commands').getByRole('button', { name: 'Forget me' }).click();
    await log(page).getByRole('button', { name: 'Erase me from reloading' }).waitFor();

    await page.reload();
    await log(page).getByRole('button', { name: 'Erase me from reloading' }).click();
    await log(page).getByRole('heading', { name: 'Receipt of erasure: reloading' }).waitFor();

    await page.reload();
    await log(page).getByRole('heading', { name: 'Receipt of erasure: reloading' }).waitFor();
    const download = page.waitForEvent('download');
    await log(page).getByRole('button', { name: 'Keep the receipt' }).last().click();
    expect((await download).suggestedFilename()).toBe('facefinder-erasure-reloading.jws');
    expect(
      await log(page)
        .getByRole('button', { name: /Erase me|I agree/ })
        .count(),
    ).toBe(0);
    const groups = page.getByLabel('In the group', { exact: true });
    expect(await groups.locator('option').allTextContents()).toContain('reloading');
  });
});
