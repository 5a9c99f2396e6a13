import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ALICE, action, BOB, CLUB, openStage, TEAM } from './stage.ts';

let stage: Awaited<ReturnType<typeof openStage>>;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage[Symbol.asyncDispose]());

const text = (replies: readonly { readonly text: string }[]) => replies.map((reply) => reply.text).join('\n');
const held = async (place = CLUB) => {
  const { gallery } = stage.flow;
  return (await gallery.dossier(await gallery.scope(place), ALICE))?.templates ?? [];
};
const enrolled = async (photos: readonly string[], place = CLUB) => {
  const notice = await stage.say(ALICE, 'enroll', photos, { place });
  return notice[0]?.kind === 'consent' ? await stage.press(ALICE, action(notice, 'agree'), { place }) : notice;
};
/** Goes from /mydata to the question which selfie to remove. */
const asked = async () => await stage.press(ALICE, action(await stage.say(ALICE, 'mydata'), 'confirm'));

describe('one selfie of several', () => {
  it('can be removed alone: the others stay, and nobody is found by it any more', async () => {
    await enrolled(['anna', 'anna~', 'anna~~']);
    const before = await held();
    const question = await asked();
    expect(question).toMatchObject([{ kind: 'confirm', text: expect.stringContaining('Which selfie of “Club”') }]);
    const gone = text(await stage.press(ALICE, action(question, 'confirm', 1)));
    expect(gone).toBe('One selfie is gone from “Club”; 2 are left. Its bytes have left the disk too.');
    expect((await held()).map(({ id }) => id)).toEqual([before[0]?.id, before[2]?.id]);
    expect(await stage.flow.eraser.unfinished()).toMatchObject({ count: 0 });
    expect(text(await stage.agreed(BOB, 'find', ['anna~~']))).toContain('“Alice” (face 1), match');
  });

  it('is said to be on the disk while its bytes are, and they go by themselves', async () => {
    await enrolled(['anna', 'anna~']);
    const { gallery } = stage.flow;
    const { scrub } = gallery;
    Object.assign(gallery, { scrub: async () => false });
    const question = await asked();
    const gone = text(await stage.press(ALICE, action(question, 'confirm')));
    expect(gone).toContain('Its bytes are still being scrubbed from the disk');
    expect(await stage.flow.eraser.unfinished()).toMatchObject({ count: 1 });
    Object.assign(gallery, { scrub });
    await expect.poll(() => stage.flow.eraser.unfinished()).toMatchObject({ count: 0 });
    expect(await held()).toHaveLength(1);
  });

  it('is offered for each group in which there are several, by its name', async () => {
    await enrolled(['anna', 'anna~']);
    await enrolled(['anna', 'anna~', 'anna~~'], TEAM);
    const offer = await stage.say(ALICE, 'mydata', [], { place: undefined });
    const labels = offer.flatMap((reply) => (reply.kind === 'confirm' ? reply.actions.map(({ label }) => label) : []));
    expect(labels).toEqual(['Remove one: Club', 'Remove one: Team']);
    const question = await stage.press(ALICE, action(offer, 'confirm', 1), { place: undefined });
    await stage.press(ALICE, action(question, 'confirm'), { place: undefined });
    expect([(await held()).length, (await held(TEAM)).length]).toEqual([2, 2]);
  });

  it('stays when its owner cancels', async () => {
    await enrolled(['anna', 'anna~']);
    expect(text(await stage.press(ALICE, action(await asked(), 'cancel')))).toBe('All of them stay.');
    expect(await held()).toHaveLength(2);
  });

  it('that was removed meanwhile is not mistaken for another: the present ones are shown', async () => {
    await enrolled(['anna', 'anna~', 'anna~~']);
    const [first, second] = [await asked(), await asked()];
    await stage.press(ALICE, action(first, 'confirm'));
    expect(text(await stage.press(ALICE, action(second, 'confirm')))).toContain('What is held about you in “Club”');
    expect(await held()).toHaveLength(2);
  });
});

describe('the only selfie', () => {
  it('is not offered for removal', async () => {
    await enrolled(['anna']);
    expect(await stage.say(ALICE, 'mydata')).toMatchObject([{ kind: 'info' }]);
  });

  it('leads to the question of /forget when the others were removed meanwhile', async () => {
    await enrolled(['anna', 'anna~']);
    const [first, second] = [await asked(), await asked()];
    await stage.press(ALICE, action(first, 'confirm'));
    const question = await stage.press(ALICE, action(second, 'confirm', 1));
    expect(text(question)).toContain('your only selfie');
    expect(await held()).toHaveLength(1);
    const [receipt] = await stage.press(ALICE, action(question, 'confirm'));
    expect(receipt).toMatchObject({ kind: 'receipt', text: expect.stringContaining('Erased from “Club”') });
    expect(await held()).toEqual([]);
  });
});

it('somebody else’s question removes nothing', async () => {
  await enrolled(['anna', 'anna~']);
  expect(await stage.press(BOB, action(await asked(), 'confirm'))).toMatchObject([{ code: 'not_yours' }]);
  expect(await held()).toHaveLength(2);
});
