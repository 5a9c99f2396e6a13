import { readFile } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { pendingFile } from '../../src/app/stores.ts';
import { peopleOf } from '../bots/telegram/platform/people.ts';
import { startBotApi } from '../bots/telegram/platform/server.ts';
import { bystandersOn } from '../support/bystanders.ts';
import { photo, selfie } from './page-app.ts';
import { watchProgram } from './watch-program.ts';

test('while photos follow a /me on Telegram, nobody else’s template is in any byte that the program wrote or sent, and /forget leaves none of them', async () => {
  await using api = await startBotApi();
  await using watched = await watchProgram({
    TELEGRAM_TOKEN: api.token,
    TELEGRAM_API_URL: api.url,
    CONTACT: 'The board, board@club.example',
  });
  const { root, data, temporaries } = watched;
  const photos = await Promise.all([3, 6, 2, 4, 5].map((number) => readFile(photo(number))));
  const own = await selfie();
  const { remains } = await bystandersOn(photos, own);
  const people = peopleOf(api);
  const ann = people.person('Ann');
  const group = people.group('Chess club', [ann]);
  const said = (what: RegExp) =>
    api.until(String(what), () => ann.inbox().findLast(({ text = '', caption = '' }) => what.test(text + caption)));

  ann.says('/start');
  await api.until('a greeting', () => ann.inbox().length > 0);
  ann.saysIn(group, '/enroll');
  await said(/Now send 1 to 3 selfies/);
  ann.says('', { photos: [own] });
  ann.presses(await said(/May I remember your face/), 'agree');
  await said(/You are enrolled/);
  ann.says('/me', { photos: [own] });
  ann.presses(await said(/I look for you alone/), 'agree');
  await said(/Send me more photos in private/);

  ann.says('', { photos: [...photos, own] });
  let isOver = false;
  const over = said(/of 6 photos so far/).finally(() => {
    isOver = true;
  });
  do {
    expect(remains.in(root)).toEqual({});
    await sleep(20);
  } while (!isOver);
  await over;
  expect(remains.in(root)).toEqual({});
  expect(remains.among(api.sent.bytes())).toEqual([]);
  expect(temporaries).toEqual([]);

  expect(kept(data)).toBeGreaterThan(0);
  ann.says('/forget');
  ann.presses(await said(/This erases what I know/), /./);
  await api.until('the receipt', () => ann.inbox().some(({ document }) => document?.name.includes('erasure')));
  await expect.poll(() => kept(data)).toBe(0);
});

/** How many rows are stored about the photos that people send after a /me. */
function kept(data: string): number {
  using file = new DatabaseSync(pendingFile(data), { readOnly: true });
  const [row] = file
    .prepare("SELECT count(*) AS n FROM pending WHERE shelf IN ('series', 'seriesphoto', 'seriespart')")
    .all();
  return Number(row?.n);
}
