import { afterEach, beforeEach, expect, it } from 'vitest';
import { Failure } from '../../src/failure.ts';
import { change, scrubs } from './erasure-stage.ts';
import { ALICE, openStage } from './stage.ts';

let stage: Awaited<ReturnType<typeof openStage>>;
beforeEach(async () => {
  stage = await openStage();
  await stage.agreed(ALICE, 'enroll', ['anna', 'anna~', 'anna~~']);
});
afterEach(() => stage[Symbol.asyncDispose]());

const notes = async () => (await stage.parts.stores.pending.list('erasure')).length;

it('the bytes of a template that newer ones push out leave the disk, and no note of it is left', async () => {
  const count = scrubs(stage, (nth) => nth > 1);
  await stage.say(ALICE, 'enroll', ['anna~~~', 'anna~~~~']);
  expect([count.scrubs, await notes()]).toEqual([0, 0]);
  expect(await stage.say(ALICE, 'enroll', ['anna~~~~~'])).toMatchObject([{ kind: 'enrolled', templates: 5 }]);
  // After the first scrub a reader still kept the bytes, so a second one followed.
  await expect.poll(async () => [count.scrubs, await notes()]).toEqual([2, 0]);
  // All other templates of the person are still there.
  expect((await stage.flow.gallery.dossier(await stage.scope(), ALICE))?.templates).toHaveLength(5);
});

it('they leave the disk too when the enrolment fails, because it may have been done', async () => {
  const count = scrubs(stage, () => true);
  await stage.say(ALICE, 'enroll', ['anna~~~', 'anna~~~~']);
  change(stage.flow.gallery, { enrol: () => Promise.reject(new TypeError('bug')) });
  expect(await stage.say(ALICE, 'enroll', ['anna~~~~~'])).toMatchObject([{ code: 'internal' }]);
  await expect.poll(async () => [count.scrubs, await notes()]).toEqual([1, 0]);
});

it('nothing is scrubbed for a selfie that is refused, which pushes nothing out', async () => {
  await stage.say(ALICE, 'enroll', ['anna~~~', 'anna~~~~']);
  const kinds: string[] = [];
  const { queue, gallery } = stage.flow;
  const add = queue.add.bind(queue);
  change(queue, {
    async add(job) {
      kinds.push(job.kind);
      return await add(job);
    },
  });
  change(gallery, { enrol: () => Promise.reject(new Failure('face_taken')) });
  expect(await stage.say(ALICE, 'enroll', ['anna~~~~~'])).toMatchObject([{ code: 'face_taken' }]);
  expect(kinds).toEqual(['ask']);
  expect(await notes()).toBe(0);
});
