import { expect, test } from 'vitest';
import { placeNow } from '../../src/chat/group/move.ts';
import type { Place } from '../../src/consent/who.ts';

type Flow = Parameters<typeof placeNow>[0];

test('a group that got another id is known by it after a minute, however often it is asked about', async () => {
  const old = { platform: 'telegram', id: '-1' } as Place;
  const today = { platform: 'telegram', id: '-2' } as Place;
  let places = [old];
  let now = 1_000_000;
  const gallery = { placesOf: async () => places };
  const couriers = { telegram: { becameOf: async () => undefined } };
  const flow = { gallery, couriers, now: () => now } as unknown as Flow;
  expect(await placeNow(flow, old)).toBe(old);
  places = [today, old];
  for (let second = 0; second < 59; second += 1) {
    now += 1_000;
    expect(await placeNow(flow, old)).toBe(old);
  }
  now += 2_000;
  expect(await placeNow(flow, old)).toBe(today);
});
