import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { expect } from 'vitest';

export interface OpenTab extends AsyncDisposable {
  readonly page: Page;
  /** Complaints in the console, such as violations of the page's own policy. */
  readonly complaints: readonly string[];
  /** Requested addresses that are not the page's own. */
  readonly elsewhere: readonly string[];
}

/** The page at `url` in a new browser. */
export async function openTab(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<OpenTab> {
  const context = await browser.newContext({ locale: 'en-GB', permissions: ['camera'], ...options });
  // A busy machine may be slow.
  context.setDefaultTimeout(120_000);
  const page = await context.newPage();
  const complaints: string[] = [];
  const elsewhere: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    if (!request.url().startsWith(url) && !request.url().startsWith('blob:')) elsewhere.push(request.url());
  });
  await page.goto(url);
  return { page, complaints, elsewhere, [Symbol.asyncDispose]: () => context.close() };
}

/** A file as a person chooses it. */
export const jpeg = (name: string, buffer: Buffer) => ({ name, mimeType: 'image/jpeg', buffer });

/** Enters a group of the test's own, like a person. */
export async function enterGroup(page: Page, group: string): Promise<void> {
  await page.getByLabel('In the group', { exact: true }).selectOption({ label: 'Another group…' });
  await page.getByPlaceholder('Name of the group').fill(group);
  await page.keyboard.press('Enter');
}

/** Waits for what an answer changes on the page. */
export const eventually = <T>(look: () => T) => expect.poll(look);

/** The conversation that is shown. */
export const log = (page: Page) => page.getByRole('log');
