import axe from 'axe-core';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inBrowser } from './browsed.ts';
import { photo, selfie } from './page-app.ts';
import { layoutFaults, whereIs } from './page-layout.ts';

const describeInBrowser = await inBrowser('the page on eight screens');

/** The screens, from a small phone to a large desk. Two phones lie on their side. */
const SCREENS = [
  [320, 568],
  [360, 640],
  [390, 844],
  [640, 400],
  [844, 390],
  [820, 1180],
  [1280, 800],
  [1920, 1080],
] as const;

const file = (name: string, buffer: Buffer) => [{ name, mimeType: 'image/jpeg', buffer }];

/** What axe-core finds: the rule's id and the element, for each finding. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
  return await page.evaluate<string[]>(
    `axe.run(document, { runOnly: ${JSON.stringify(tags)} }).then(({ violations }) =>
      violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => id + ' at ' + target)))`,
  );
}

async function expectWellLaidOut(page: Page, state: string): Promise<void> {
  if (process.env.PICTURES) {
    const { width, height } = page.viewportSize() ?? { width: 0, height: 0 };
    const lang = await page.locator('html').getAttribute('lang');
    await page.screenshot({ path: `${process.env.PICTURES}/${lang}-${width}x${height}-${state}.png` });
  }
  expect(await layoutFaults(page), `layout: ${state}`).toEqual([]);
  if (state !== 'who' && state !== 'group') expect(await violations(page), `axe: ${state}`).toEqual([]);
  expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), state).toBeLessThanOrEqual(0);
}

/**
 * Sends something and waits for the answer. The waiting sign appears before the click ends, so the
 * answer has come once the sign is gone.
 */
async function say(page: Page, text: string, files: Parameters<ReturnType<Page['locator']>['setInputFiles']>[0] = []) {
  await page.locator('#text').fill(text);
  await page.locator('#files').setInputFiles(files);
  await page.locator('#send').click();
  await answered(page);
}

async function answered(page: Page): Promise<void> {
  await page.locator('.waiting').waitFor({ state: 'detached' });
}

async function pressLast(page: Page, selector: string): Promise<void> {
  await page.locator(selector).last().click();
  await answered(page);
}

describeInBrowser('on eight screens', (browsed) => {
  describe.each(['en', 'de'])('in %s', (locale) => {
    let context: BrowserContext;
    let page: Page;

    beforeAll(async () => {
      context = await browsed.browser.newContext({ locale, permissions: ['camera'] });
      context.setDefaultTimeout(120_000);
      page = await context.newPage();
      await page.goto(browsed.app.url);
      await page.locator('#group-choice').selectOption({ value: '' });
      await page.locator('#other-group-name').fill(`screens ${locale}`);
      await page.keyboard.press('Enter');
      await say(page, '/enroll', file('me.jpg', await selfie()));
      await pressLast(page, '.consent .agree');
      await say(page, '/find', [photo(3)]);
      await pressLast(page, '.consent .agree');
      // This notice stays open, so each screen shows one.
      await say(page, '/me', [photo(3)]);
      await page.locator('.consent .agree').waitFor();
    });

    afterAll(() => context?.close());

    test.each(SCREENS)('of %i × %i: nothing overlaps, is cut off, or is in anybody’s way', async (width, height) => {
      const fresh = await context.newPage();
      await fresh.setViewportSize({ width, height });
      await fresh.goto(browsed.app.url);
      await expectWellLaidOut(fresh, 'welcome');
      await fresh.locator('#main-commands button').first().click();
      await fresh.locator('.chip.add').click();
      await expectWellLaidOut(fresh, 'who');
      await fresh.locator('#group-choice').selectOption({ value: '' });
      await expectWellLaidOut(fresh, 'group');
      await fresh.close();

      await page.setViewportSize({ width, height });
      for (const told of ['/enroll', '/nonsense', '/find', '/privacy', '/mydata', '/forget']) {
        if ((await page.getByText(told, { exact: true }).count()) === 0) await say(page, told);
      }
      await page.locator('#files').setInputFiles(file('me.jpg', await selfie()));
      await page.evaluate(`for (const folded of document.querySelectorAll('details')) folded.open = true`);
      await expectWellLaidOut(page, 'answered');
      await page.keyboard.press('Escape');
      await page.locator('#take').click();
      await page.locator('#shoot').waitFor();
      // The page shows these while it takes selfies by itself. They are set here, because the page
      // could take its selfies before the layout is looked at.
      await page.evaluate(`
        document.querySelector('#oval').hidden = false;
        document.querySelector('#coach').textContent = JSON.parse(document.querySelector('#facts').textContent).words.moreLight;
      `);
      await expectWellLaidOut(page, 'camera');
      await page.locator('#camera-close').click();
    });

    test.each(SCREENS)('of %i × %i the found name is in view as soon as it is there', async (width, height) => {
      await page.setViewportSize({ width, height });
      await say(page, '/find', [photo(3)]);
      await page.locator('.result').last().locator('.picture img').waitFor();
      await expect.poll(() => whereIs(page, '.answer .name')).toBe('in view');
    });
  });
});
