import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Person } from '../../src/consent/who.ts';
import { en } from '../support/words.ts';
import { ALICE, action, BOB, CLUB, openStage } from './stage.ts';

const CARL: Person = { platform: 'telegram', id: '1003', name: 'Carl' };

let stage: Awaited<ReturnType<typeof openStage>>;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage[Symbol.asyncDispose]());

describe('"this is me", said of a face that somebody else enrolled,', () => {
  /** Bob says that Anna’s face is his. */
  async function disputed() {
    await stage.agreed(ALICE, 'enroll', ['anna']);
    const taken = await stage.agreed(BOB, 'enroll', ['anna~']);
    return await stage.proves(BOB, await stage.press(BOB, action(taken, 'confirm')), 'anna~');
  }
  const named = async () =>
    (await stage.agreed(CARL, 'find', ['anna'])).flatMap((reply) =>
      reply.kind === 'result' ? reply.faces.flatMap(({ matches }) => matches.map(({ name }) => name)) : [],
    );
  const dataOf = async (person: Person) => (await stage.say(person, 'mydata'))[0]?.text;

  it('hides the person who says it, and not the one who was there before; both are told, without a name', async () => {
    expect(await disputed()).toMatchObject([{ kind: 'enrolled', text: expect.stringContaining('Nobody finds you') }]);
    expect(await named()).toEqual(['Alice']);
    expect(await stage.agreed(ALICE, 'find', ['carl'])).toMatchObject([
      {},
      { text: expect.stringContaining('happened about your face') },
    ]);
    expect(await dataOf(ALICE)).toMatch(/stay findable until the operator has decided/);
    expect(await dataOf(ALICE)).not.toContain('Bob');
    expect(await dataOf(BOB)).toMatch(/Nobody finds you until the operator has decided/);
    expect(await dataOf(BOB)).not.toContain('Alice');
  });

  it('is decided by the operator: the loser’s templates are erased, and both hear of it', async () => {
    await disputed();
    const { gallery } = stage.flow;
    const scope = await stage.scope();
    await gallery.acknowledge(scope, ALICE, 9);
    expect(await gallery.decide(scope, ALICE, stage.clock.ms)).toBe(1);
    expect(await named()).toEqual(['Alice']);
    expect(await gallery.dossier(scope, BOB)).toMatchObject({ templates: [] });
    for (const person of [ALICE, BOB]) {
      expect((await stage.agreed(person, 'find', ['carl'])).at(-1)?.text).toContain('/mydata');
    }
    expect(await dataOf(ALICE)).toMatch(/decided that the face is yours/);
    expect(await dataOf(BOB)).toMatch(/decided that the face is not yours/);
  });

  it('hides the same person after the group has a new id, under which others enrolled before it was heard', async () => {
    // Bob comes first, so that the group's list names the challenger before the holder.
    await stage.agreed(BOB, 'find', ['carl']);
    await disputed();
    const supergroup = { ...CLUB, id: '-1000000000500' };
    const asked = await stage.say(CARL, 'enroll', ['carl'], { place: supergroup });
    await stage.press(CARL, action(asked, 'agree'), { place: supergroup });
    await stage.chat.moved(CLUB, supergroup);
    expect(await stage.flow.gallery.disputes(await stage.flow.gallery.scope(supergroup))).toMatchObject([
      { challenger: { name: 'Bob' }, holder: { name: 'Alice' } },
    ]);
    expect(await named()).toEqual(['Alice']);
  });

  it('lets the challenger be found once the other is erased', async () => {
    await disputed();
    await stage.press(ALICE, action(await stage.say(ALICE, 'forget'), 'confirm'));
    expect(await named()).toEqual(['Bob']);
  });
});

it('in a group of more than 10,000 templates nobody is refused for a likeness: they are asked whether they are somebody else', async () => {
  await stage.agreed(ALICE, 'enroll', ['anna']);
  const { gallery } = stage.flow;
  const { search } = gallery;
  // This number is made up, because a test cannot enrol so many people.
  let templates = 10_000;
  Object.assign(gallery, {
    search: async (...of: Parameters<typeof search>) => ({ ...(await search(...of)), templates }),
  });
  expect(await stage.agreed(BOB, 'enroll', ['anna~'])).toMatchObject([{ kind: 'error', code: 'face_taken' }]);
  templates += 1;
  const asked = await stage.say(BOB, 'enroll', ['anna~']);
  expect(asked).toMatchObject([{ kind: 'confirm', text: en.enroll.looksLike }]);
  expect(await stage.press(BOB, action(asked, 'confirm'))).toMatchObject([{ kind: 'enrolled', templates: 1 }]);
  expect((await gallery.people(await stage.scope())).map(({ person }) => person.name)).toEqual(['Alice', 'Bob']);
});
