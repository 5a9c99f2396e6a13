import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { JWK } from 'jose';
import type { BrowserContextOptions } from 'playwright-core';
import { expect, test } from 'vitest';
import { verifyReceipt } from '../../src/consent/receipt.ts';
import { inBrowser } from './browsed.ts';
import { photo, selfie, visitor } from './page-app.ts';
import { enterGroup, eventually, jpeg, log, openTab as openTabOf } from './tab.ts';

const describeInBrowser = await inBrowser('the page in a browser');

describeInBrowser('the page in a browser', (browsed) => {
  const openTab = (options?: BrowserContextOptions) => openTabOf(browsed.browser, browsed.app.url, options);

  test('enrols, finds and forgets by clicking', async () => {
    await using tab = await openTab();
    const { page } = tab;
    await enterGroup(page, 'clicking');

    await page.getByRole('group', { name: 'Commands with photos' }).getByRole('button', { name: 'Enrol me' }).click();
    const chooser = page.waitForEvent('filechooser');
    await page.locator('#sheet').getByRole('button', { name: 'Choose a photo' }).click();
    await (await chooser).setFiles(jpeg('me.jpg', await selfie()));
    await page.locator('#entry').getByRole('button', { name: 'Enrol me' }).click();
    await eventually(() => log(page).textContent()).toContain('May I remember your face for');
    await log(page).getByRole('button', { name: 'I agree' }).click();
    await log(page).getByRole('heading', { name: 'Enrolled' }).waitFor();

    await page.getByRole('radio', { name: 'Bob' }).check();
    await page.locator('#files').setInputFiles(photo(3));
    await page
      .getByRole('group', { name: 'Commands with photos' })
      .getByRole('button', { name: 'Find people' })
      .click();
    await log(page).getByRole('button', { name: 'I agree' }).click();
    const picture = log(page).getByRole('img', { name: /3 numbered faces: “Alice”/ });
    await eventually(() => picture.evaluate((image) => Number(Reflect.get(image, 'naturalWidth')))).toBeGreaterThan(
      1000,
    );
    // Alice is the middle one of three people. Faces are numbered in reading order, so hers is face
    // 2.
    await eventually(() => log(page).getByRole('listitem').filter({ hasText: 'Face 2' }).textContent()).toMatch(
      /Alice/,
    );
    expect(await log(page).locator('q').allTextContents()).toEqual(['Alice']);
    expect(await log(page).textContent()).toMatch(
      /Alice, match: distance 0\.\d+; at most 1 in [\d,]+ answers like this would be wrong/,
    );
    await eventually(() => log(page).getByText('1 of these 3 people is enrolled in “clicking”.').count()).toBe(1);
    expect(await log(page).getByRole('listitem').filter({ hasText: 'not enrolled here' }).count()).toBe(2);

    await page.getByRole('radio', { name: 'Alice' }).check();
    await page.getByRole('button', { name: 'Forget me', exact: true }).click();
    await log(page).getByRole('button', { name: 'Erase me from clicking' }).click();
    await log(page).getByRole('heading', { name: 'Receipt of erasure: clicking' }).waitFor();
    const download = page.waitForEvent('download');
    await log(page).getByRole('button', { name: 'Keep the receipt' }).last().click();
    const file = await download;
    expect(file.suggestedFilename()).toMatch(/^facefinder-erasure-clicking\.jws$/);
    const [privacy] = await visitor(browsed.app.url, 'anybody').say('/privacy');
    const { publicKey } = (privacy?.kind === 'info' ? privacy.data : {}) as { publicKey: JWK };
    const { claims } = await verifyReceipt(await readFile(await file.path(), 'utf8'), publicKey);
    expect(claims).toMatchObject({ removed: { templates: 1 }, checked: { left: 0 } });
    expect(await page.locator('.thumbnails img').count()).toBe(1);

    expect(tab.complaints).toEqual([]);
    expect(tab.elsewhere).toEqual([]);
  });

  test('enrols, finds and forgets by keyboard alone', async () => {
    await using tab = await openTab();
    const { page } = tab;
    await enterGroup(page, 'typing');
    page.on('filechooser', async (chooser) => {
      const isSelfie = (await page.locator('#text').inputValue()) === '/enroll';
      await chooser.setFiles(isSelfie ? jpeg('me.jpg', await selfie()) : photo(3));
    });
    const focused = () => page.evaluate<string>('document.activeElement?.textContent?.trim()');
    const tabTo = async (label: string) => {
      await page.getByText(label, { exact: true }).last().waitFor();
      for (let presses = 0; presses < 30 && (await focused()) !== label; presses++) await page.keyboard.press('Tab');
      expect(await focused()).toBe(label);
    };
    const command = async (typed: string, suggestion: string) => {
      await page.keyboard.type(typed);
      await page.getByRole('option', { name: suggestion }).waitFor();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Tab');
    };

    await page.evaluate('document.activeElement.blur()');
    await page.keyboard.press('/');
    await command('en', '/enroll');
    await page.locator('#choose').press('Enter');
    await page.locator('.tray img').waitFor();
    await page.locator('#text').press('Enter');
    // The page gives the focus to an answer that asks something, so the next tab stops are its
    // buttons.
    await tabTo('I agree');
    await page.keyboard.press('Enter');
    await log(page).getByRole('heading', { name: 'Enrolled' }).waitFor();

    await eventually(() => page.evaluate('document.activeElement?.id')).toBe('text');
    await command('/fi', '/find');
    await page.locator('#choose').press('Enter');
    await page.locator('.tray img').waitFor();
    await page.locator('#text').press('Enter');
    await tabTo('I agree');
    await page.keyboard.press('Enter');
    await log(page).getByText('Details: what do these numbers mean?').waitFor();
    await tabTo('Details: what do these numbers mean?');
    await page.keyboard.press('Enter');
    const slider = log(page).getByRole('slider');
    const before = await slider.getAttribute('aria-valuetext');
    await slider.press('End');
    expect(await slider.getAttribute('aria-valuetext')).not.toBe(before);

    await page.locator('#text').focus();
    await command('/fo', '/forget');
    await page.keyboard.press('Enter');
    await tabTo('Erase me from typing');
    await page.keyboard.press('Enter');
    await log(page).getByRole('heading', { name: 'Receipt of erasure: typing' }).waitFor();
    expect(tab.complaints).toEqual([]);
  });

  test('takes a photo with the camera, and one that is dropped or pasted', async () => {
    await using tab = await openTab();
    const { page } = tab;
    await page.getByRole('button', { name: 'Take a photo' }).click();
    await page.getByRole('button', { name: 'Take it' }).click();
    await eventually(() => page.locator('.tray img').count()).toBe(1);
    const base64 = (await selfie()).toString('base64');
    for (const [event, type, field] of [
      ['DragEvent', 'drop', 'dataTransfer'],
      ['ClipboardEvent', 'paste', 'clipboardData'],
    ]) {
      await page.evaluate(`
        const bytes = Uint8Array.from(atob('${base64}'), (character) => character.charCodeAt(0));
        const data = new DataTransfer();
        data.items.add(new File([bytes], 'a.jpg', { type: 'image/jpeg' }));
        dispatchEvent(new ${event}('${type}', { ${field}: data }));
      `);
    }
    expect(await page.locator('.tray img').count()).toBe(3);
    await page.getByRole('button', { name: 'Remove a.jpg' }).first().click();
    expect(await page.locator('.tray img').count()).toBe(2);
    await page.keyboard.press('Escape');
    expect(await page.locator('.tray img').count()).toBe(0);
    expect(tab.complaints).toEqual([]);
  });

  test('says what went wrong and offers the next step', async () => {
    await using tab = await openTab();
    const { page } = tab;
    await enterGroup(page, 'errors');
    await page.getByRole('combobox', { name: 'Your message' }).fill('/nonsense');
    await page.keyboard.press('Enter');
    const ask = log(page).getByRole('button', { name: 'Show the commands' });
    await ask.waitFor();
    // The page shows an unknown command as a hint, not as a failure of the program.
    expect(await log(page).locator('.problem').count()).toBe(0);
    expect(await log(page).textContent()).not.toContain('bad_command');
    await ask.click();
    await eventually(() => log(page).textContent()).toContain('/forget – ');

    // The browser reads this large file from the disk. To send its bytes through the browser's
    // remote control takes too long on a busy machine.
    const large = join(browsed.app.dataDir, 'large.jpg');
    await writeFile(large, Buffer.alloc(25 * 2 ** 20));
    await page.locator('#files').setInputFiles(large);
    await page.locator('#main-commands').getByRole('button', { name: 'Find people' }).click();
    await eventually(() => log(page).textContent()).toContain('at most 20 MB');
  });

  test('shows what people type as text, never as markup', async () => {
    await using tab = await openTab();
    const { page } = tab;
    const name = '<img src=x onerror=alert(1)>';
    page.on('dialog', (dialog) => dialog.dismiss().then(() => expect.unreachable('a script ran')));
    await page.getByRole('button', { name: 'Someone else' }).click();
    await page.getByPlaceholder('Your name').fill(name);
    await page.keyboard.press('Enter');
    await page.locator('#text').fill('<b>bold</b>');
    await page.keyboard.press('Enter');
    await log(page).getByRole('button', { name: 'Show the commands' }).waitFor();
    expect(await log(page).getByText('<b>bold</b>').count()).toBe(1);
    expect(await page.locator('b, img[src=x]').count()).toBe(0);
    expect(await page.getByRole('radio', { name }).isChecked()).toBe(true);
  });

  test.each([360, 390, 820, 1280])('fits a width of %i pixels without scrolling sideways', async (width) => {
    await using tab = await openTab({ viewport: { width, height: 740 } });
    const { page } = tab;
    await page.locator('#text').fill('/privacy');
    await page.keyboard.press('Enter');
    await log(page).getByRole('button', { name: 'Download as JSON' }).waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
    const logs = await page.locator('#logs').evaluate((element) => element.scrollWidth - element.clientWidth);
    expect(logs).toBeLessThanOrEqual(0);
  });

  test('speaks German to those who do', async () => {
    await using tab = await openTab({ locale: 'de-AT' });
    const { page } = tab;
    expect(await page.locator('html').getAttribute('lang')).toBe('de-AT');
    await page.getByRole('button', { name: 'Hilfe' }).click();
    await eventually(() => log(page).textContent()).toContain('/forget – Löscht');
  });

  test('remembers in the tab only who was chosen', async () => {
    await using tab = await openTab();
    const { page } = tab;
    await page.getByRole('radio', { name: 'Carol' }).check();
    await page.reload();
    expect(await page.getByRole('radio', { name: 'Carol' }).isChecked()).toBe(true);
    const kept = await page.evaluate('[Object.keys(sessionStorage), Object.keys(localStorage), document.cookie]');
    expect(kept).toEqual([['facefinder.speaker'], [], '']);
  });

  test('cannot be used by a web page of another origin', async () => {
    const foreign = createServer((_, response) =>
      response.setHeader('content-type', 'text/html').end('<!doctype html>'),
    );
    await new Promise<void>((resolve) => foreign.listen(0, '127.0.0.1', resolve));
    const context = await browsed.browser.newContext();
    try {
      const page = await context.newPage();
      const tried: string[] = [];
      page.on('request', (request) => {
        if (request.url().startsWith(browsed.app.url)) tried.push(request.url());
      });
      await page.goto(`http://127.0.0.1:${(foreign.address() as AddressInfo).port}`);
      const reached = await page.evaluate(async (url) => {
        const body = new FormData();
        body.append('user', 'alice');
        body.append('text', '/mydata');
        const tries = [
          fetch(`${url}/api/messages`, { method: 'POST', body, mode: 'no-cors' }).then((response) => response.text()),
          fetch(`${url}/api/messages`, { method: 'POST', body }).then((response) => response.text()),
          fetch(`${url}/api/actions`, { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } }),
        ];
        return (await Promise.allSettled(tries)).map((result) =>
          result.status === 'fulfilled' ? result.value : 'refused',
        );
      }, browsed.app.url);
      expect(reached).toEqual(['refused', 'refused', 'refused']);
      expect(tried.length).toBeGreaterThanOrEqual(3);

      const answer = page.waitForResponse(`${browsed.app.url}/api/messages`);
      await page.evaluate(`
        const form = document.createElement('form');
        Object.assign(form, { method: 'post', enctype: 'multipart/form-data', action: '${browsed.app.url}/api/messages' });
        document.body.append(form);
        form.submit();
      `);
      expect((await answer).status()).toBe(403);
    } finally {
      await context.close();
      foreign.close();
    }
  });
});
