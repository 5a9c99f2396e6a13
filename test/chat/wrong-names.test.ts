import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Action } from '../../src/chat/reply.ts';
import { HARMS } from '../../src/metrics/metrics.ts';
import { ALICE, action, BOB, openStage } from './stage.ts';

let stage: Awaited<ReturnType<typeof openStage>>;
beforeEach(async () => {
  stage = await openStage();
  await stage.agreed(ALICE, 'enroll', ['anna']);
});
afterEach(() => stage[Symbol.asyncDispose]());

const text = (replies: readonly { readonly text: string }[]) => replies.map((reply) => reply.text).join('\n');
const kept = () => stage.parts.stores.pending.list('wrong');
const count = () => stage.flow.wrongNames.count();

/** What the operator's metrics have counted. */
async function harms() {
  const lines = (await stage.parts.metrics.text()).split('\n');
  const value = (harm: string) => lines.find((line) => line.startsWith(`facefinder_harms_total{harm="${harm}"}`));
  return Object.fromEntries(HARMS.map((harm) => [harm, Number(value(harm)?.split(' ')[1] ?? 0)]));
}

/** The button "A name is wrong" under Bob's result. */
const found = async (photos = ['anna']) => action(await stage.agreed(BOB, 'find', photos), 'confirm');

/** Goes from the /mydata of Alice, whom Bob found, to the buttons of her finds. */
async function finds(): Promise<Action[]> {
  const [, offer] = await stage.say(ALICE, 'mydata');
  expect(offer).toMatchObject({ kind: 'confirm', actions: [{ label: 'That was not me' }] });
  const question = await stage.press(ALICE, action([offer ?? { kind: 'info', text: '' }], 'confirm'));
  return question.flatMap((reply) => (reply.kind === 'confirm' ? reply.actions : []));
}

describe('the asker', () => {
  it('says that a name is wrong: the operator sees that it happened, and nothing of whom', async () => {
    const wrong = await found();
    expect(wrong.label).toBe('A name is wrong');
    expect(text(await stage.press(BOB, wrong))).toContain('counted without any name');
    expect(await harms()).toMatchObject({ wrong_name_said_by_asker: 1, wrong_name_said_by_named: 0 });
    expect(await count()).toBe(1);
    const [note] = await kept();
    expect(note?.body).toBe('');
  });

  it('says it once for each answer, however often they press', async () => {
    const wrong = await found();
    await stage.press(BOB, wrong);
    expect(text(await stage.press(BOB, wrong))).toContain('You said so already');
    await stage.press(BOB, await found());
    expect([await count(), (await harms()).wrong_name_said_by_asker]).toEqual([2, 2]);
  });

  it('has one button for all photos of an ask, and none where nobody is named', async () => {
    const replies = await stage.agreed(BOB, 'find', ['carl', 'anna', 'anna~']);
    expect(replies.map((reply) => (reply.kind === 'result' ? reply.actions?.length : 'none'))).toEqual([
      undefined,
      1,
      undefined,
    ]);
  });

  it('cannot report for somebody else, or by a button that was made up', async () => {
    const wrong = await found();
    for (const [person, id] of [
      [ALICE, wrong.id],
      [BOB, wrong.id.replace('asker', 'named')],
      [BOB, `wrong:asker-${'x'.repeat(44)}`],
      [BOB, 'wrong:'],
    ] as const) {
      expect(await stage.press(person, { id })).toMatchObject([{ code: 'not_yours' }]);
    }
    expect(await count()).toBe(0);
  });
});

describe('the person who was named', () => {
  it('says of a find in /mydata that it was somebody else', async () => {
    await found();
    const [find, ...others] = await finds();
    expect(others).toEqual([]);
    expect(find?.label).toMatch(/^\w{3} \d{1,2}, \d{4}, \d\d:\d\d [AP]M UTC: Bob$/);
    if (!find) throw new Error('no find');
    expect(text(await stage.press(ALICE, find))).toContain('counted without any name');
    expect(text(await stage.press(ALICE, find))).toContain('You said so already');
    expect(await harms()).toMatchObject({ wrong_name_said_by_named: 1 });
  });

  it('is not asked when nobody found them', async () => {
    expect(await stage.say(ALICE, 'mydata')).toMatchObject([{ kind: 'info' }]);
  });
});

it('a report is dropped by /forget, and after 90 days', async () => {
  await stage.press(BOB, await found());
  const [find] = await finds();
  if (!find) throw new Error('no find');
  await stage.press(ALICE, find);
  expect(await kept()).toHaveLength(2);
  await stage.press(BOB, action(await stage.say(BOB, 'forget'), 'confirm'));
  expect(await kept()).toHaveLength(1);
  stage.clock.ms += 91 * 86_400_000;
  expect(await count()).toBe(0);
  await stage.parts.stores.pending.tidy(['wrong'], stage.clock.ms);
  expect(await kept()).toEqual([]);
});

it('refused enrolments and disputes are counted too', async () => {
  const taken = await stage.agreed(BOB, 'enroll', ['anna~']);
  expect(await harms()).toMatchObject({ refused_enrolment: 1, dispute: 0 });
  expect(await stage.flow.gallery.attempts()).toBe(1);
  await stage.proves(BOB, await stage.press(BOB, action(taken, 'confirm')), 'anna~');
  expect(await harms()).toMatchObject({ refused_enrolment: 1, dispute: 1 });
});
