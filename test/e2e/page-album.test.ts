import { copyFile, mkdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { MAX_PHOTO_BYTES } from '../../src/face/limits.ts';
import { browserWordsFor } from '../../src/text/words.ts';
import { inBrowser } from './browsed.ts';
import { buttonOf, visitor } from './page-app.ts';
import { dropFolder, enterGroup, eventually, log, openTab } from './tab.ts';

const describeInBrowser = await inBrowser('what happens to a large folder');

const SAMPLES = join(import.meta.dirname, '../../src/bots/page/public/samples');
const IDA = join(SAMPLES, 'ida.jpg');
/** A photo of Ida and somebody else. */
const PARTY = join(SAMPLES, 'party.jpg');
/** The beginning of a HEIC file. */
const HEIC = Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1');

const tray = (page: Page) => page.locator('.tray li');
const ready = (page: Page, photos: string) => page.getByRole('heading', { name: `Photos to send: ${photos}` });
const over = (page: Page) => page.locator('.presence[data-state="over"]');

/** Makes a folder of photos that show nobody, under these names. */
async function folderOf(path: string, names: readonly string[]): Promise<string> {
  await mkdir(path);
  const wall = { width: 160, height: 120, channels: 3, background: '#8a9' } as const;
  const nobody = await sharp({ create: wall }).jpeg().toBuffer();
  await Promise.all(names.map((name) => writeFile(join(path, name), nobody)));
  return path;
}

const numbered = (photos: number) => Array.from({ length: photos }, (_, index) => `${index + 1}.jpg`);

describeInBrowser('a large folder on the page', (browsed) => {
  /** Opens the page in this group, in which Alice is enrolled and agreed to be searched for. */
  async function enrolledIn(group: string) {
    const alice = visitor(browsed.app.url, 'alice', group);
    await alice.press(buttonOf(await alice.say('/enroll', await readFile(IDA)), 'agree'));
    await alice.press(buttonOf(await alice.say('/me', await readFile(PARTY)), 'agree'));
    const tab = await openTab(browsed.browser, browsed.app.url);
    await enterGroup(tab.page, group);
    return tab;
  }

  /** Holds the page's message of this number, from 1, back until `release` is called. */
  async function held(page: Page, number: number) {
    const { promise, resolve } = Promise.withResolvers<void>();
    let sent = 0;
    await page.route('**/api/messages', async (route) => {
      sent++;
      if (sent === number) await promise;
      await route.continue();
    });
    return { sent: () => sent, release: resolve };
  }

  const findMe = (page: Page) => page.locator('#main-commands').getByRole('button', { name: 'Find me' }).click();

  test('is searched to its end, and photos that cannot be read are named', async () => {
    await using tab = await enrolledIn('unread');
    const { page } = tab;
    const folder = await folderOf(join(browsed.app.dataDir, 'unread'), numbered(23));
    await writeFile(join(folder, '2.jpg'), Buffer.alloc(MAX_PHOTO_BYTES + 1));
    await writeFile(join(folder, '9.jpg'), 'no photo');
    await copyFile(PARTY, join(folder, '21.jpg'));
    await dropFolder(page, folder);
    await ready(page, '23').waitFor();
    await rm(join(folder, '5.jpg'));
    await utimes(join(folder, '6.jpg'), 1e9, 1e9);
    await findMe(page);
    await over(page).waitFor();
    const card = over(page);
    expect(await card.getByRole('status').textContent()).toBe('You are in 1 of 19 photos.');
    await card.getByText('Photos that could not be looked at: 4').click();
    expect(await card.locator('.unread li').allTextContents()).toEqual([
      '2.jpg: larger than 20 MB',
      '5.jpg: deleted or changed since you chose it',
      '6.jpg: deleted or changed since you chose it',
      '9.jpg',
    ]);
    expect(await log(page).locator('.problem, .guidance').count()).toBe(0);
    if (process.env.PICTURES) await page.screenshot({ path: `${process.env.PICTURES}/unread.png` });
    expect(tab.complaints).toEqual([]);
  });

  test('is searched to its end although a part of it is refused', async () => {
    await using tab = await enrolledIn('refused');
    const { page } = tab;
    const folder = await folderOf(join(browsed.app.dataDir, 'refused'), numbered(11));
    await copyFile(PARTY, join(folder, '4.jpg'));
    let sent = 0;
    await page.route('**/api/messages', (route) => {
      sent++;
      // Refused are the first part, and then 3.jpg, which is sent alone as the fourth message.
      if (sent !== 1 && sent !== 4) return route.continue();
      return route.fulfill({ json: { id: '1', replies: [{ kind: 'error', code: 'image_too_large', text: 'No.' }] } });
    });
    await dropFolder(page, folder);
    await findMe(page);
    await over(page).waitFor();
    expect(await over(page).getByRole('status').textContent()).toBe('You are in 1 of 10 photos.');
    expect(await over(page).locator('.unread li').allTextContents()).toEqual(['3.jpg']);
    expect(tab.complaints).toEqual([]);
  });

  test('is searched for everybody, and photos that are too large are named', async () => {
    await using tab = await openTab(browsed.browser, browsed.app.url);
    const { page } = tab;
    await enterGroup(page, 'everybody');
    const folder = await folderOf(join(browsed.app.dataDir, 'everybody'), numbered(3));
    for (const name of ['1.jpg', '3.jpg']) await copyFile(PARTY, join(folder, name));
    await writeFile(join(folder, '2.jpg'), Buffer.alloc(MAX_PHOTO_BYTES + 1));
    await dropFolder(page, folder);
    await ready(page, '3').waitFor();
    await page.locator('#main-commands').getByRole('button', { name: 'Find people' }).click();
    await log(page).getByRole('button', { name: 'I agree' }).waitFor();
    await log(page).getByText('Photos that could not be looked at: 1').waitFor();
    expect(await log(page).locator('.guidance li').allTextContents()).toEqual(['2.jpg: larger than 20 MB']);
    await log(page).getByRole('button', { name: 'I agree' }).click();
    await eventually(() => log(page).locator('.result').count()).toBe(2);
    expect(tab.complaints).toEqual([]);
  });

  test('of HEIC photos says once what to do with them, and one file that cannot be opened loses no other', async () => {
    await using tab = await enrolledIn('iphone');
    const { page } = tab;
    const folder = await folderOf(join(browsed.app.dataDir, 'iphone'), ['1.jpg', '._IMG_1.HEIC', 'notes.txt']);
    for (let photo = 1; photo <= 11; photo++) await writeFile(join(folder, `IMG_${photo}.HEIC`), HEIC);
    await page.evaluate(`
      const real = DataTransferItem.prototype.webkitGetAsEntry;
      DataTransferItem.prototype.webkitGetAsEntry = function () {
        const folder = real.call(this);
        const reader = folder.createReader();
        const spoil = (entry) => {
          entry.file = (_, refuse) => refuse(new DOMException('', 'NotReadableError'));
        };
        folder.createReader = () => ({
          readEntries(take, refuse) {
            reader.readEntries((entries) => {
              entries.filter(({ name }) => name === 'IMG_11.HEIC').forEach(spoil);
              take(entries);
            }, refuse);
          },
        });
        return folder;
      };
    `);
    await dropFolder(page, folder);
    await ready(page, '12').waitFor();
    await findMe(page);
    await over(page).waitFor();
    expect(await over(page).getByRole('status').textContent()).toBe('You are in 0 of 1 photos.');
    expect(await over(page).getByText('Photos that could not be looked at: 11').count()).toBe(1);
    expect(await over(page).getByText(browserWordsFor('en').albumHeic).count()).toBe(1);
    expect(tab.complaints).toEqual([]);
  });

  test('of 2,000 photos shows the first ones, and draws none again while its owner types', async () => {
    await using tab = await openTab(browsed.browser, browsed.app.url);
    const { page } = tab;
    const folder = await folderOf(join(browsed.app.dataDir, 'huge'), numbered(2_000));
    await page.evaluate(`
      const { createObjectURL, revokeObjectURL } = URL;
      window.open = 0;
      window.made = 0;
      URL.createObjectURL = (file) => (window.open++, window.made++, createObjectURL(file));
      URL.revokeObjectURL = (url) => (window.open--, revokeObjectURL(url));
    `);
    await dropFolder(page, folder);
    await ready(page, '2,000').waitFor();
    expect(await tray(page).count()).toBe(31);
    expect(await tray(page).last().textContent()).toBe('and 1,970 more');
    await page.locator('#text').pressSequentially('hello');
    expect(await page.evaluate('made')).toBe(30);
    await tray(page).nth(29).scrollIntoViewIfNeeded();
    await eventually(() => page.evaluate('open')).toBe(0);
    if (process.env.PICTURES) await page.screenshot({ path: `${process.env.PICTURES}/huge.png` });
    await page.getByRole('button', { name: 'Remove 1.jpg', exact: true }).click();
    await ready(page, '1,999').waitFor();
    expect(await tray(page).last().textContent()).toBe('and 1,969 more');
    expect(tab.complaints).toEqual([]);
  });

  test('is searched no further after *Stop*, and what was found stays', async () => {
    await using tab = await enrolledIn('stopped');
    const { page } = tab;
    const folder = await folderOf(join(browsed.app.dataDir, 'stopped'), numbered(25));
    await copyFile(PARTY, join(folder, '1.jpg'));
    await copyFile(PARTY, join(folder, '12.jpg'));
    const messages = await held(page, 2);
    await dropFolder(page, folder);
    await findMe(page);
    await page.getByText('You are in 1 of 10 photos so far. To go: 15.').waitFor();
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    await over(page).waitFor();
    // What the program was looking at is still counted.
    messages.release();
    await page.getByText('You are in 2 of 20 photos.').waitFor();
    await page.getByRole('button', { name: 'Download all (2)' }).waitFor();
    expect(messages.sent()).toBe(2);
    expect(tab.complaints).toEqual([]);
  });

  test('is searched no further once its owner is erased, and no photo of theirs stays on the page', async () => {
    await using tab = await enrolledIn('erased');
    const { page } = tab;
    const folder = await folderOf(join(browsed.app.dataDir, 'erased'), numbered(21));
    await copyFile(PARTY, join(folder, '1.jpg'));
    await page.locator('#files').setInputFiles([PARTY, IDA]);
    await findMe(page);
    await eventually(() => log(page).locator('.album img').count()).toBe(2);
    await page.locator('#files').setInputFiles([PARTY]);
    await page.locator('#main-commands').getByRole('button', { name: /Blur/ }).click();
    await log(page).getByRole('link', { name: 'Save the copy' }).waitFor();
    const messages = await held(page, 2);
    await dropFolder(page, folder);
    await findMe(page);
    await page.getByText('You are in 1 of 10 photos so far. To go: 11.').waitFor();
    await eventually(messages.sent).toBe(2);

    await page.locator('#commands').getByRole('button', { name: 'Forget me' }).click();
    await log(page).getByRole('button', { name: 'Erase me from erased' }).click();
    await log(page).getByRole('heading', { name: 'Receipt of erasure: erased' }).waitFor();
    let more = 0;
    page.on('request', (request) => {
      if (request.url().endsWith('/api/messages')) more++;
    });
    const answered = page.waitForResponse('**/api/messages');
    messages.release();
    await answered;
    await page.locator('#text').fill('/help');
    await page.locator('#send').click();
    await log(page).getByText('/mydata').first().waitFor();
    expect(await log(page).locator('img, canvas, .album, .save, .save-all, .stop').count()).toBe(0);
    expect(await log(page).locator('.gone').count()).toBeGreaterThan(4);
    expect(more, 'only /help was sent').toBe(1);
    if (process.env.PICTURES) await page.screenshot({ path: `${process.env.PICTURES}/erased.png` });
  });

  test('loses one photo at a double click on "That is not me", and the operator’s counter gets it', async () => {
    await using tab = await enrolledIn('doubled');
    const { page } = tab;
    const folder = await folderOf(join(browsed.app.dataDir, 'doubled'), numbered(12));
    for (const name of ['1.jpg', '2.jpg', '3.jpg']) await copyFile(PARTY, join(folder, name));
    const counted: number[] = [];
    page.on('response', (response) => {
      if (response.url().endsWith('/api/not-me')) counted.push(response.status());
    });
    await dropFolder(page, folder);
    await findMe(page);
    await over(page).waitFor();
    await over(page).getByRole('button', { name: 'That is not me' }).first().dblclick();
    await page.getByText('Taken out: 1').waitFor();
    await eventually(() => counted).toEqual([204]);
    expect(await over(page).locator('.album li').count()).toBe(2);
    expect(tab.complaints).toEqual([]);
  });
});
