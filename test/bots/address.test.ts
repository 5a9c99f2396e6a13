import { describe, expect, it } from 'vitest';
import { discordCourier } from '../../src/bots/discord/courier.ts';
import { pageState } from '../../src/bots/page/state.ts';
import { telegramCourier } from '../../src/bots/telegram/out/courier.ts';
import { admit } from '../../src/consent/consent.ts';
import type { ScopeId } from '../../src/consent/who.ts';

const consent = admit(
  'scope' as ScopeId,
  { platform: 'telegram', id: '1', name: 'Ann' },
  'search',
  { agreed: { search: { version: 1, noticeHash: '', shown: false, at: 0 } }, epoch: 0, templates: 0, alerts: 0 },
  1,
);

describe.each([
  ['the page', pageState().courier],
  ['Discord', discordCourier({ token: 'x', apiUrl: 'http://127.0.0.1:9/api' })],
  ['Telegram', telegramCourier({ token: '1:x', apiUrl: 'http://127.0.0.1:9' })],
])('%s', (_, courier) => {
  const foreign = {
    platform: 'carrier-pigeon',
    request: 'r',
    upload: 'u',
    token: 't',
    url: 'u',
    chat: 1,
    locale: 'en',
  };

  it('reports an address of another platform as a bug, and asks nobody', async () => {
    await expect(courier.answer(foreign, [])).rejects.toMatchObject({ name: 'Failure', code: 'internal' });
  });

  it('reports a photo of another platform as a bug, and fetches nothing', async () => {
    if (!consent) throw new Error('no consent');
    await expect(courier.fetchPhoto(foreign, 1_000, consent)).rejects.toMatchObject({ code: 'internal' });
  });
});
