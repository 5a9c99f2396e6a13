import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { expect } from 'vitest';

export interface OpenTab extends AsyncDisposable {
  readonly page: Page;
  /** Errors and warnings in the console, such as violations of the page's content policy. */
  readonly complaints: readonly string[];
  /** Requested addresses that are not the page's own. */
  readonly elsewhere: readonly string[];
}

/** Opens the page at `url` in a new browser context, which shares nothing with other tabs. */
export async function openTab(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<OpenTab> {
  const context = await browser.newContext({ locale: 'en-GB', permissions: ['camera'], ...options });
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

/** Enters this group on the page, as a person does. */
export async function enterGroup(page: Page, group: string): Promise<void> {
  await page.getByLabel('In the group', { exact: true }).selectOption({ label: 'Another group…' });
  await page.getByPlaceholder('Name of the group').fill(group);
  await page.keyboard.press('Enter');
}

/** Drops a folder on the page, as a person does. */
export async function dropFolder(page: Page, folder: string): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await devtools.send('Input.dispatchDragEvent', {
      type,
      x: 600,
      y: 300,
      data: { items: [], files: [folder], dragOperationsMask: 1 },
    });
  }
}

/** Calls `look` until it gives what is expected, because an answer may take a while. */
export const eventually = <T>(look: () => T) => expect.poll(look);

/** The conversation that is shown. */
export const log = (page: Page) => page.getByRole('log');
