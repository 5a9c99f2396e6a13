import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import type { WireReply } from '../../src/bots/page/render.ts';
import { en } from '../support/words.ts';
import { inBrowser } from './browsed.ts';
import { log, openTab } from './tab.ts';

const describeInBrowser = await inBrowser('the steps after an answer');

const steps = (page: Page) => log(page).getByRole('group', { name: 'What next?' }).getByRole('button');

/** Sends a message, and answers it with these replies in place of the program. */
async function answered(page: Page, replies: readonly WireReply[]): Promise<void> {
  await page.route('**/api/messages', (route) => route.fulfill({ json: { id: '1', replies } }), { times: 1 });
  await page.locator('#text').fill('/help');
  await page.keyboard.press('Enter');
  await log(page)
    .getByText(replies[0]?.text ?? '')
    .waitFor();
}

const presence = (text: string, more: { readonly bySelfie?: true } = {}): WireReply => ({
  kind: 'presence',
  text,
  photos: [],
  seen: 1,
  found: 1,
  ...more,
});

describeInBrowser('below an answer of the page', (browsed) => {
  test('who was found by enrolled selfies is not asked to enrol', async () => {
    await using tab = await openTab(browsed.browser, browsed.app.url);
    await answered(tab.page, [presence('You are in it.')]);
    await answered(tab.page, [{ kind: 'info', text: 'This is what I do.' }]);
    expect(await steps(tab.page).allTextContents()).toEqual(['Find people in a photo', 'Look for me in photos']);
  });

  test('who looked by a selfie that is not enrolled may enrol', async () => {
    await using tab = await openTab(browsed.browser, browsed.app.url);
    await answered(tab.page, [presence('By this selfie you are in it.', { bySelfie: true })]);
    await answered(tab.page, [{ kind: 'info', text: 'This is what I do.' }]);
    expect(await steps(tab.page).allTextContents()).toEqual(['Find people in a photo', 'Let others find me']);
  });

  test('a limit leads where its sentence says', async () => {
    await using tab = await openTab(browsed.browser, browsed.app.url);
    const next = log(tab.page).locator('.next');
    await answered(tab.page, [{ kind: 'error', code: 'rate_limited', text: 'Send /enroll with it.', next: 'enroll' }]);
    expect(await next.last().textContent()).toBe(en.commands.enroll.button);
    await answered(tab.page, [{ kind: 'error', code: 'rate_limited', text: 'That was a lot.' }]);
    expect(await next.last().textContent()).toBe(en.commands.mydata.button);
  });
});
