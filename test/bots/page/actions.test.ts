import { describe, expect, test, vi } from 'vitest';
import type { Reply } from '../../../src/chat/reply.ts';
import { openPage, post, press } from './fixture.ts';

const hello: Reply = { kind: 'info', text: 'Hello' };

describe('a photo that does not show its asker', () => {
  test('is counted', async () => {
    const onNotMe = vi.fn<() => void>();
    await using page = await openPage(() => [hello], { onNotMe });
    const url = `${page.url}/api/not-me`;
    expect((await fetch(url, press({ user: 'u1', scope: 'club' }))).status).toBe(204);
    expect(onNotMe).toHaveBeenCalledOnce();
    const asText = await post(url, { method: 'POST', body: '{"user":"u1"}' });
    expect(asText.status).toBe(415);
    expect((await post(url, press({}))).status).toBe(400);
    expect(onNotMe).toHaveBeenCalledOnce();
  });
});

describe('a press', () => {
  test('must be JSON with a user and an action', async () => {
    await using page = await openPage(() => [hello]);
    const url = `${page.url}/api/actions`;
    const asText = await post(url, { method: 'POST', body: '{"user":"u1","action":"a:b"}' });
    expect(asText.status).toBe(415);
    expect((await post(url, press({ user: 'u1' }))).status).toBe(400);
    expect((await post(url, { ...press({}), body: '{' })).status).toBe(400);
    expect((await post(url, press({ user: 'u1', action: 'a'.repeat(20_000) }))).status).toBe(400);
    expect(page.presses).toEqual([]);
  });
});
