import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ALICE, action, BOB, CLUB, openStage, TEAM } from './stage.ts';

/** In these tests, somebody who is in two groups reads everything in private. */
let stage: Awaited<ReturnType<typeof openStage>>;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage[Symbol.asyncDispose]());

const text = (replies: readonly { readonly text: string }[]) => replies.map((reply) => reply.text).join('\n');
const inPrivate = { place: undefined };

async function enrolledInBoth(): Promise<void> {
  for (const place of [CLUB, TEAM]) {
    const notice = await stage.say(ALICE, 'enroll', ['anna'], { place });
    await stage.press(ALICE, action(notice, 'agree'), inPrivate);
  }
}

describe.each([
  ['en', '“Club”', '“Team”'],
  ['de', '„Club“', '„Team“'],
])('what is read outside of a group names it (%s)', (locale, club, team) => {
  it('the notice, and its hash is of that text', async () => {
    const [inClub] = await stage.say(ALICE, 'enroll', ['anna'], { locale });
    const [inTeam] = await stage.say(ALICE, 'enroll', ['anna'], { locale, place: TEAM });
    if (inClub?.kind !== 'consent' || inTeam?.kind !== 'consent') throw new Error('no notice');
    expect(inClub.text.split('\n\n')[0]).toContain(club);
    expect(inTeam.text.split('\n\n')[0]).toContain(team);
    expect(inClub.notice.hash).not.toBe(inTeam.notice.hash);
    expect(inClub.notice.hash).toBe(stage.flow.notices('enrol', locale, CLUB).hash);
  });

  it('the answer to an enrolment', async () => {
    const notice = await stage.say(ALICE, 'enroll', ['anna'], { locale });
    expect(text(await stage.press(ALICE, action(notice, 'agree'), { ...inPrivate, locale }))).toContain(club);
  });

  it('a result', async () => {
    await enrolledInBoth();
    const notice = await stage.say(BOB, 'find', ['anna'], { place: TEAM });
    const found = await stage.press(BOB, action(notice, 'agree'), { ...inPrivate, locale });
    expect(found[0]?.text).toContain(team);
    expect(text(found)).toContain('Alice');
  });

  it('/mydata of all groups, and a receipt of each', async () => {
    await enrolledInBoth();
    const data = text(await stage.say(ALICE, 'mydata', [], { ...inPrivate, locale }));
    expect(data).toContain(club);
    expect(data).toContain(team);
    const question = await stage.say(ALICE, 'forget', [], { ...inPrivate, locale });
    const receipts = await stage.press(ALICE, action(question, 'confirm'), { ...inPrivate, locale });
    expect(receipts).toMatchObject([
      { kind: 'receipt', text: expect.stringMatching(/Club|Team/), group: expect.stringMatching(/^(Club|Team)$/) },
      { kind: 'receipt', text: expect.stringMatching(/Club|Team/), group: expect.stringMatching(/^(Club|Team)$/) },
    ]);
    expect(text(receipts)).toContain(club);
    expect(text(receipts)).toContain(team);
  });

  it('which groups "everywhere" means, before anything is erased', async () => {
    await enrolledInBoth();
    const question = text(await stage.say(ALICE, 'forget', [], { locale }));
    expect(question).toContain(club);
    expect(question).toContain(team);
  });

  it('that nothing is held', async () => {
    expect(text(await stage.say(ALICE, 'mydata', [], { locale }))).toContain(club);
  });
});

it('a group without a title is called by its id', async () => {
  const place = { platform: 'telegram', id: '-700' };
  expect(text(await stage.say(ALICE, 'enroll', ['anna'], { place }))).toContain('group -700');
});

it('a button names its group, cut to what it has room for', async () => {
  const place = { ...CLUB, id: '-800', title: 'The Society of the Friends of Chess' };
  const notice = await stage.say(ALICE, 'enroll', ['anna'], { place });
  await stage.press(ALICE, action(notice, 'agree'), inPrivate);
  const question = await stage.say(ALICE, 'forget', [], { place });
  expect(action(question, 'confirm').label).toBe('Erase me from The Society of the…');
});
