import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { freePort } from '../../infra/services/port.ts';
import { openClub } from '../bots/discord/bot.ts';
import { openScene } from '../bots/discord/scene.ts';
import { ann, begin, find, on, one, photos, prepare } from '../bots/telegram/chess-club.ts';

/** How late each call of a bot reaches its platform. */
const LATE_MS = 400;

interface Measured {
  readonly acknowledge: number;
  readonly answer: number;
}

/** The seconds that searches took so far, as /metrics says, once it counts `searches` of them. */
async function measured(port: string, searches: number): Promise<Measured> {
  const value = async (series: string) => {
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    return Number(
      text
        .split('\n')
        .find((line) => line.startsWith(`facefinder_${series} `))
        ?.split(' ')[1],
    );
  };
  await expect.poll(() => value('ask_stage_seconds_count{command="find",stage="acknowledge"}')).toBe(searches);
  await expect.poll(() => value('answer_seconds_count{command="find"}')).toBe(searches + 1);
  return {
    acknowledge: await value('ask_stage_seconds_sum{command="find",stage="acknowledge"}'),
    answer: await value('answer_seconds_sum{command="find"}'),
  };
}

describe('a platform that is slow to take a first sign and an answer', () => {
  it('shows in both measures on Discord', async () => {
    const port = String(await freePort());
    await using scene = await openScene({ METRICS_PORT: port });
    const who = { person: scene.ann, guild: scene.club };
    await scene.agreeToSearch(who);
    const before = await measured(port, 1);
    scene.platform.late(LATE_MS);
    await scene.search(who, scene.photos.group).answer();
    expectLate(before, await measured(port, 2));
  });

  it('shows in both measures on Telegram', async () => {
    const port = String(await freePort());
    await prepare();
    await begin({ METRICS_PORT: port });
    await using stage = on;
    const notice = await find(ann, { photos: [photos.group] });
    await one(ann, () => ann.presses(notice, 'agree'));
    const before = await measured(port, 1);
    stage.api.late(LATE_MS);
    await find(ann, { photos: [photos.group] });
    expectLate(before, await measured(port, 2));
  });
});

function expectLate(before: Measured, after: Measured): void {
  expect(after.acknowledge - before.acknowledge).toBeGreaterThanOrEqual(LATE_MS / 1000);
  expect(after.answer - before.answer).toBeGreaterThanOrEqual((2 * LATE_MS) / 1000);
}

it('an acknowledgement on Discord counts from when the interaction came, also while it is being noted', async () => {
  const { bot, ann: person, club: guild } = await openClub();
  await using stack = new AsyncDisposableStack();
  stack.use(bot);
  bot.notes = () => sleep(LATE_MS);
  await bot.platform.slash({ person, guild }, 'help').answer();
  const [{ askedAt = Number.NaN, acknowledgedAt = Number.NaN } = {}] = bot.asks;
  // Timers may end a millisecond early.
  expect(acknowledgedAt - askedAt).toBeGreaterThanOrEqual(LATE_MS - 2);
});
