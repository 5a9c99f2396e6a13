import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import type { WireReply } from '../../src/bots/page/render.ts';
import { en } from '../support/words.ts';
import { inBrowser } from './browsed.ts';
import { buttonOf, visitor } from './page-app.ts';
import { dropFolder, enterGroup, eventually, log, openTab } from './tab.ts';

const describeInBrowser = await inBrowser('a folder that is dropped');

const SAMPLES = join(import.meta.dirname, '../../src/bots/page/public/samples');
const IDA = join(SAMPLES, 'ida.jpg');
/** A photo of Ida and somebody else. */
const PARTY = join(SAMPLES, 'party.jpg');

describeInBrowser('a folder dropped on the page', (browsed) => {
  test('is searched photo by photo, as many at a time as one message may bring', async () => {
    const folder = join(browsed.app.dataDir, 'album');
    await mkdir(join(folder, 'summer'), { recursive: true });
    for (let photo = 1; photo <= 12; photo++) {
      await copyFile(IDA, join(folder, photo > 9 ? 'summer' : '', `${photo}.jpg`));
    }
    await writeFile(join(folder, 'notes.txt'), 'no photo');
    await using tab = await openTab(browsed.browser, browsed.app.url);
    const { page } = tab;
    await enterGroup(page, 'album');
    await dropFolder(page, folder);
    await eventually(() => page.locator('.tray li').count()).toBe(12);

    await page.locator('#main-commands').getByRole('button', { name: 'Find people' }).click();
    // The first message brings ten photos, and its answer is the notice. The other two photos wait
    // in the tray.
    await log(page).getByRole('button', { name: 'I agree' }).click();
    await eventually(() => page.locator('.result').count()).toBe(10);
    expect(await page.locator('.tray li').count()).toBe(2);
    await page.locator('#send').click();
    await eventually(() => page.locator('.result').count()).toBe(12);
    expect(await page.locator('.tray li').count()).toBe(0);
    expect(tab.complaints).toEqual([]);
  });

  test('is searched for its asker in one go, and the asker saves the originals from the browser', async () => {
    const folder = join(browsed.app.dataDir, 'trip');
    await mkdir(folder);
    const wall = { width: 320, height: 240, channels: 3, background: '#8a9' } as const;
    const nobody = await sharp({ create: wall }).jpeg().toBuffer();
    // The asker is on photos 3 and 13, and file 7 is no photo.
    for (let photo = 1; photo <= 13; photo++) {
      const file = join(folder, `${photo}.jpg`);
      await (photo % 10 === 3 ? copyFile(PARTY, file) : writeFile(file, nobody));
    }
    await writeFile(join(folder, '7.jpg'), 'no photo');
    const alice = visitor(browsed.app.url, 'alice', 'trip');
    const enrolled = await alice.press(buttonOf(await alice.say('/enroll', await readFile(IDA)), 'agree'));
    expect(enrolled).toMatchObject([{ kind: 'enrolled' }]);
    await using tab = await openTab(browsed.browser, browsed.app.url);
    const { page } = tab;
    await enterGroup(page, 'trip');
    await dropFolder(page, folder);
    await eventually(() => page.locator('.tray li').count()).toBe(13);

    await page.locator('#main-commands').getByRole('button', { name: 'Find me' }).click();
    await log(page).getByRole('button', { name: 'I agree' }).click();
    const card = page.locator('.presence[data-state="over"]');
    await eventually(() => card.count()).toBe(1);
    const said = await card.textContent();
    expect(said).toContain('You are in 2 of 12 photos.');
    expect(said).toContain('Photos that could not be looked at: 1');
    expect(await card.locator('.album li').count()).toBe(2);
    const saved: string[] = [];
    page.on('download', (file) => saved.push(file.suggestedFilename()));
    await card.getByRole('button', { name: 'Download all (2)' }).click();
    await eventually(() => saved.toSorted()).toEqual(['13.jpg', '3.jpg']);
    const larger = page.waitForEvent('popup');
    await card.locator('.album a').first().click();
    const opened = await larger;
    await opened.waitForLoadState();
    const wide = await opened.locator('img').evaluate((image) => Reflect.get(image, 'naturalWidth'));
    expect(wide).toBeGreaterThan(300);
    await opened.close();
    await card.getByRole('button', { name: 'Save 3.jpg' }).click();
    await eventually(() => saved.toSorted()).toEqual(['13.jpg', '3.jpg', '3.jpg']);
    await card.getByRole('button', { name: 'That is not me' }).first().click();
    await eventually(() => card.locator('.album li').count()).toBe(1);
    expect(await card.textContent()).toContain('You are in 1 of 12 photos.');
    expect(await card.textContent()).toContain('Taken out: 1');
    expect(await card.getByRole('button', { name: 'Download all (1)' }).count()).toBe(1);
    expect(tab.elsewhere).toEqual([]);
    expect(tab.complaints).toEqual([]);
  });

  test('is looked through once more by what was found, where the asker may be', async () => {
    const folder = join(browsed.app.dataDir, 'blurred');
    await mkdir(folder);
    const wall = { width: 320, height: 240, channels: 3, background: '#8a9' } as const;
    const nobody = await sharp({ create: wall }).jpeg().toBuffer();
    for (let photo = 1; photo <= 40; photo++) await writeFile(join(folder, `${photo}.jpg`), nobody);
    // These two photos look like each other. Photo 5 is blurred more, so it looks less like the
    // selfie.
    await writeFile(join(folder, '3.jpg'), await blurred(120));
    await writeFile(join(folder, '5.jpg'), await blurred(100));
    const alice = visitor(browsed.app.url, 'alice', 'blurred');
    const enrolled = await alice.press(buttonOf(await alice.say('/enroll', await readFile(IDA)), 'agree'));
    expect(enrolled).toMatchObject([{ kind: 'enrolled' }]);
    await using tab = await openTab(browsed.browser, browsed.app.url);
    const { page } = tab;
    await enterGroup(page, 'blurred');
    await dropFolder(page, folder);
    await page.getByRole('heading', { name: 'Photos to send: 40' }).waitFor();
    const seen: unknown[] = [];
    page.on('response', async (response) => {
      if (!/\/api\/(messages|actions)$/.test(response.url())) return;
      for (const reply of (await response.json()).replies ?? []) if (reply.kind === 'presence') seen.push(reply.seen);
    });

    await page.locator('#main-commands').getByRole('button', { name: 'Find me' }).click();
    await log(page).getByRole('button', { name: 'I agree' }).click();
    const card = page.locator('.presence[data-state="over"]');
    await eventually(() => card.count()).toBe(1);
    // Four messages bring ten photos each. A fifth one brings the two photos of Ida again.
    await eventually(() => seen).toEqual([10, 10, 10, 10, 2]);
    expect(await card.textContent()).toContain('You are in 2 of 40 photos.');
    expect(await card.locator('.album li').count()).toBe(2);
    expect(tab.complaints).toEqual([]);
  });

  test('says once at the end that one more selfie finds more, when some stay uncertain', async () => {
    const folder = join(browsed.app.dataDir, 'uncertain');
    await mkdir(folder);
    for (let photo = 1; photo <= 12; photo++) await copyFile(IDA, join(folder, `${photo}.jpg`));
    await using tab = await openTab(browsed.browser, browsed.app.url);
    const { page } = tab;
    await enterGroup(page, 'uncertain');
    const presence = (photos: number, verdict: 'absent' | 'possible', again?: true): WireReply => ({
      kind: 'presence',
      text: `You may be in it. ${en.me.moreSelfies}`,
      photos: Array.from({ length: photos }, (_, index) => ({ number: index + 1, verdict, ...(again && { again }) })),
      seen: photos,
      found: 0,
      advice: en.me.moreSelfies,
    });
    const answers = [presence(10, 'absent'), presence(2, 'absent', true), presence(2, 'possible')];
    await page.route('**/api/messages', (route) => {
      return route.fulfill({ json: { id: '1', replies: [answers.shift()] } });
    });
    await dropFolder(page, folder);
    await eventually(() => page.locator('.tray li').count()).toBe(12);
    await page.locator('#main-commands').getByRole('button', { name: 'Find me' }).click();
    const card = page.locator('.presence[data-state="over"]');
    await eventually(() => card.count()).toBe(1);
    expect(await card.locator('.maybe .album li').count()).toBe(2);
    expect(await card.getByText(en.me.moreSelfies).count()).toBe(1);
    expect(answers).toEqual([]);
    expect(tab.complaints).toEqual([]);
  });
});

/** A photo of Ida that was made so small that details are lost, and then large again. */
async function blurred(width: number): Promise<Buffer> {
  const small = await sharp(PARTY).resize({ width }).blur(2).toBuffer();
  return await sharp(small).resize({ width: 640 }).jpeg().toBuffer();
}
