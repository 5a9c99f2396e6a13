import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Person } from '../../src/consent/who.ts';
import { ALICE, BOB, openStage } from './stage.ts';

let stage: Awaited<ReturnType<typeof openStage>>;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage[Symbol.asyncDispose]());

const member = (n: number): Person => ({ platform: 'telegram', id: `${2000 + n}`, name: `Member ${n}` });

describe('an answer', () => {
  it('says whether its chances rest on the group’s own pairs, from 20 people on, or on the worst group measured', async () => {
    await stage.agreed(ALICE, 'enroll', ['anna']);
    const worst = { templates: 1, faces: 1, power: expect.any(Number), chancesRestOn: 'worst' };
    expect(await stage.agreed(BOB, 'find', ['anna~'])).toMatchObject([{ compared: worst }]);
    for (let n = 1; n < 20; n++) await stage.agreed(member(n), 'enroll', [`face ${n}`]);
    const own = { ...worst, templates: 20, chancesRestOn: 'own' };
    expect(await stage.say(BOB, 'find', ['anna~'])).toMatchObject([{ compared: own }]);
  });
});
