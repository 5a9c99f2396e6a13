import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { freePort } from '../../infra/services/port.ts';
import { browserWordsFor, wordsFor } from '../../src/text/words.ts';
import { missingChromium, openChromium } from './chromium.ts';
import { otherSelfie, photo, selfie, visitor } from './page-app.ts';
import { type Program, runProgram } from './program.ts';
import { dropFolder, enterGroup, log, openTab } from './tab.ts';

const missing = await missingChromium();
if (missing) console.error(`*** NOT TESTED: the page while its program starts again, because ${missing}`);

const IDA = join(import.meta.dirname, '../../src/bots/page/public/samples/ida.jpg');

let browser: Browser;
let dataDir: string;
let port: number;
let metricsPort: number;
let program: Program;

/** Starts the program on the same data and port. */
async function startAgain(): Promise<void> {
  const env = {
    PLAYGROUND_PORT: String(port),
    METRICS_PORT: String(metricsPort),
    STATE_DIR: join(dataDir, 'state'),
  };
  program = await runProgram({ dataDir, env });
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
    metricsPort = await freePort();
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

  test('goes on with a folder, and searches each of its photos once', async () => {
    await visitor(program.url, 'alice', 'away').agree('/enroll', await readFile(IDA));
    const folder = join(dataDir, 'folder');
    await mkdir(folder);
    const nobody = sharp({ create: { width: 160, height: 120, channels: 3, background: '#8a9' } }).jpeg();
    for (let number = 1; number <= 12; number++)
      await writeFile(join(folder, `${number}.jpg`), await nobody.toBuffer());
    await copyFile(IDA, join(folder, '12.jpg'));
    await using tab = await openTab(browser, program.url);
    const { page } = tab;
    await enterGroup(page, 'away');
    await dropFolder(page, folder);
    await page.getByRole('heading', { name: 'Photos to send: 12' }).waitFor();
    program.process.kill('SIGSTOP');
    await page.locator('#main-commands').getByRole('button', { name: 'Find me' }).click();
    await page.getByText('You are in 0 of 0 photos so far. To go: 12.').waitFor();
    await program.kill('SIGKILL');
    await log(page).getByText(browserWordsFor('en').startingAgain).waitFor();
    await startAgain();
    await log(page).getByRole('button', { name: 'I agree' }).click();
    await log(page).getByText('You are in 1 of 12 photos.').waitFor();
    expect(await log(page).getByText(browserWordsFor('en').startingAgain).isVisible()).toBe(false);
    expect(await log(page).locator('.album li').count()).toBe(1);

    await log(page).getByRole('button', { name: 'That is not me' }).click();
    const metrics = async () => await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
    await expect.poll(metrics).toMatch(/harm="not_me"\} 1/);
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
