import { afterEach, expect, it, vi } from 'vitest';
import { upkeep } from '../../src/housekeeping/upkeep.ts';
import { change, down, forget, holdQueue } from './erasure-stage.ts';
import { ALICE, BOB, openStage } from './stage.ts';

const DAY = 86_400_000;

afterEach(() => void vi.useRealTimers());

/** Sets the machine's clock, which stores read, and the clock of the stage. */
function setClock(stage: Awaited<ReturnType<typeof openStage>>, ms: number): void {
  vi.useFakeTimers({ toFake: ['Date'], now: ms, shouldAdvanceTime: true });
  stage.clock.ms = ms;
}

it.each([
  ['366 days ahead', 0, 366],
  ['right again after it was 2 years behind', -730, 0],
])('a /forget that a kill cut short is done at the next start, with a clock that is %s', async (_, during, after) => {
  const rightly = Date.now();
  await using stage = await openStage();
  await stage.agreed(ALICE, 'enroll', ['anna']);
  setClock(stage, rightly + during * DAY);
  // The program notes the erasure, and is killed before it queues or erases anything.
  holdQueue(stage);
  change(stage.flow.gallery, { erase: down });
  await forget(stage);
  expect(await stage.flow.gallery.scopesOf(ALICE)).toHaveLength(1);
  setClock(stage, rightly + after * DAY);
  await stage.restart();
  await stage.flow.eraser.resume(0);
  await expect.poll(() => stage.flow.gallery.scopesOf(ALICE)).toEqual([]);
  await expect.poll(() => stage.flow.eraser.unfinished()).toMatchObject({ count: 0 });
  expect(await stage.agreed(BOB, 'find', ['anna'])).toMatchObject([{ kind: 'result', faces: [{ matches: [] }] }]);
});

it('a /forget that nobody works on any more is taken over, even if its note seems to be over', async () => {
  const rightly = Date.now();
  await using stage = await openStage();
  await stage.agreed(ALICE, 'enroll', ['anna']);
  const { letGo } = holdQueue(stage);
  const repair = change(stage.flow.gallery, { erase: down });
  await forget(stage);
  repair();
  letGo();
  setClock(stage, rightly + 400 * DAY);
  await upkeep(stage.parts);
  await expect.poll(() => stage.flow.gallery.scopesOf(ALICE)).toEqual([]);
  await expect.poll(() => stage.flow.eraser.unfinished()).toMatchObject({ count: 0 });
});
