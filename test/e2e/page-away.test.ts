import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { freePort } from '../../infra/services/port.ts';
import { browserWordsFor, wordsFor } from '../../src/text/words.ts';
import { missingChromium, openChromium } from './chromium.ts';
import { otherSelfie, photo, selfie, visitor } from './page-app.ts';
import { type Program, runProgram } from './program.ts';
import { enterGroup, log, openTab } from './tab.ts';

const missing = await missingChromium();
if (missing) console.error(`*** NOT TESTED: the page while its program starts again, because ${missing}`);

let browser: Browser;
let dataDir: string;
let port: number;
let program: Program;

/** Starts the program on the same data and port. */
async function startAgain(): Promise<void> {
  program = await runProgram({ dataDir, env: { PLAYGROUND_PORT: String(port), STATE_DIR: join(dataDir, 'state') } });
}

async function say(page: Page, words: string): Promise<void> {
  await page.locator('#text').fill(words);
  await page.locator('#send').click();
}

describe.skipIf(missing)('while its program starts again, the page', () => {
  beforeAll(async () => {
    browser = await openChromium();
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'facefinder-away-'));
    port = await freePort();
    await startAgain();
  });
  afterEach(async () => {
    await program.kill('SIGKILL');
    await rm(dataDir, { recursive: true });
  });

  test.each(['en', 'de'])('says so, and goes on by itself (%s)', async (locale) => {
    const { startingAgain } = browserWordsFor(locale);
    await using tab = await openTab(browser, program.url, { locale });
    const { page } = tab;
    await program.kill('SIGKILL');
    await say(page, '/help');
    await log(page).getByText(startingAgain).waitFor();
    expect(await page.locator('.problem').count()).toBe(0);
    await startAgain();
    await log(page).getByText(wordsFor(locale).help.title).waitFor();
    expect(await log(page).getByText(startingAgain).count()).toBe(0);
    expect(await page.locator('.own').count()).toBe(1);
  });

  test('sends the photos again that it was looking at', async () => {
    await using tab = await openTab(browser, program.url);
    const { page } = tab;
    await enterGroup(page, 'away');
    program.process.kill('SIGSTOP');
    await page.locator('#files').setInputFiles(photo(3));
    await say(page, '/find');
    await page.locator('.waiting').waitFor();
    await program.kill('SIGKILL');
    await log(page).getByText(browserWordsFor('en').startingAgain).waitFor();
    await startAgain();
    await log(page).getByRole('button', { name: 'I agree' }).click();
    await log(page).locator('.result').waitFor();
  });

  test('sends a search again whose answer was lost, and it counts once', async () => {
    const zoe = visitor(program.url, 'zoe', 'away');
    await zoe.agree('/enroll', await selfie());
    await visitor(program.url, 'alice', 'away').agree('/find', await otherSelfie());
    await using tab = await openTab(browser, program.url);
    const { page } = tab;
    await enterGroup(page, 'away');
    await page.evaluate(`
      const real = window.fetch;
      window.sent = [];
      window.fetch = async (path, request) => {
        const answer = await real(path, request);
        if (path !== '/api/messages') return answer;
        window.sent.push(await answer.text());
        if (window.sent.length === 1) throw new TypeError('the answer was lost');
        return new Response(window.sent.at(-1));
      };
    `);
    await page.locator('#files').setInputFiles(photo(3));
    await say(page, '/find');
    await log(page).locator('.result .name').filter({ hasText: 'zoe' }).waitFor();
    const sent = await page.evaluate<string[]>('window.sent');
    expect(sent.map((answer) => answer.includes('"zoe"'))).toEqual([true, true]);
    expect(JSON.stringify(await zoe.say('/mydata')).match(/"kind":"find"/g)).toHaveLength(1);
  });
});
