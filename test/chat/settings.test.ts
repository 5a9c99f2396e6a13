import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Reply } from '../../src/chat/reply.ts';
import { ENROL_PROOFS, FIND_BY, type GroupRules, rulesOf } from '../../src/consent/settings.ts';
import { planSweep } from '../../src/consent/sweep.ts';
import type { Person } from '../../src/consent/who.ts';
import { sweep } from '../../src/housekeeping/sweep.ts';
import { moment } from '../../src/text/moment.ts';
import { ALICE, action, BOB, CLUB, openStage, TEAM } from './stage.ts';

const EVE: Person = { platform: 'telegram', id: '1003', name: 'Eve' };
const DAY_MS = 86_400_000;

let stage: Awaited<ReturnType<typeof openStage>>;
beforeEach(async () => {
  stage = await openStage();
  stage.platform.admins.set(EVE.id, 'yes');
});
afterEach(() => stage[Symbol.asyncDispose]());

/** The button with this label. */
function labelled(replies: readonly Reply[], label: string) {
  const offered = replies.flatMap((reply) => ('actions' in reply ? (reply.actions ?? []) : []));
  return offered.find((one) => one.label === label) ?? expect.fail(`no ${label} in ${JSON.stringify(offered)}`);
}

/** Eve, an admin, presses these buttons of /settings. Gives what she sees then. */
async function sets(...labels: readonly string[]): Promise<readonly Reply[]> {
  let replies = await stage.say(EVE, 'settings');
  for (const label of labels) replies = await stage.press(EVE, labelled(replies, label));
  return replies;
}

const textOf = (replies: readonly Reply[]) => replies.map(({ text }) => text).join('\n');
const labelsOf = (replies: readonly Reply[]) =>
  replies.flatMap((reply) => ('actions' in reply ? (reply.actions ?? []).map(({ label }) => label) : []));

/** Alice is enrolled, and agreed to be shown. */
async function aliceEnrols() {
  const notice = await stage.say(ALICE, 'enroll', ['anna']);
  return await stage.press(ALICE, action(notice, 'agree', 1));
}

describe('/settings', () => {
  it('tells an admin the rules and how many are enrolled, and names nobody', async () => {
    await aliceEnrols();
    // People who only search are not enrolled.
    await stage.agreed(BOB, 'find', ['anna']);
    const [reply] = await sets();
    expect(reply).toMatchObject({ kind: 'confirm', text: expect.stringContaining('“Club”. 1 person is enrolled.') });
    expect(reply?.text).toContain('all members');
    expect(reply?.text).toContain('at most 20');
    expect(reply?.text).toContain('at most 365');
    expect(JSON.stringify(reply)).not.toContain('Alice');
    expect(await sets('Done')).toMatchObject([{ kind: 'info', text: reply?.text }]);
  });

  it('is for admins alone, each time anew', async () => {
    expect(await stage.say(ALICE, 'settings')).toMatchObject([{ code: 'not_allowed' }]);
    const menu = await sets();
    stage.platform.admins.set(EVE.id, 'no');
    expect(await stage.press(EVE, labelled(menu, 'Erase the group'))).toMatchObject([{ code: 'not_allowed' }]);
    stage.platform.admins.set(EVE.id, 'down');
    expect(await stage.say(EVE, 'settings')).toMatchObject([{ code: 'unavailable' }]);
  });

  it('sent in private is about the group in which the admin is known', async () => {
    await stage.agreed(EVE, 'find', ['anna']);
    const [reply] = await stage.say(EVE, 'settings', [], { place: undefined });
    expect(reply?.text).toContain('“Club”');
  });

  it('lets nobody press what was offered to an admin', async () => {
    const menu = await sets();
    expect(await stage.press(ALICE, labelled(menu, 'Showing results'))).toMatchObject([{ code: 'not_yours' }]);
  });

  it('turned off, nothing is shown to the group: the button is not offered, and one of before shows nothing', async () => {
    await aliceEnrols();
    const [before] = await stage.agreed(BOB, 'find', ['anna']);
    const show = before?.kind === 'result' && before.show ? before.show : expect.fail('no button');
    expect(textOf(await sets('Showing results', 'No'))).toMatch(/whole group: no\./);
    const [after] = await stage.say(BOB, 'find', ['anna~']);
    expect(after).toMatchObject({ kind: 'result' });
    expect(after).not.toHaveProperty('show');
    expect(await stage.press(BOB, show)).toMatchObject([
      { kind: 'info', text: expect.stringContaining('want no results shown') },
    ]);
    expect(stage.platform.posts.size).toBe(0);
    expect(textOf(await sets('Showing results', 'Yes'))).toMatch(/whole group: yes/);
    expect((await stage.say(BOB, 'find', ['anna~~']))[0]).toHaveProperty('show');
  });

  it('keeps nobody from enrolling by its limit of searches', async () => {
    await sets('Searches per hour', '2');
    for (const photo of ['anna', 'anna~', 'anna~~']) {
      expect(await stage.agreed(ALICE, 'enroll', [photo])).toMatchObject([{ kind: 'enrolled' }]);
    }
    for (let times = 0; times < 2; times++) await stage.agreed(ALICE, 'find', ['carl']);
    expect(await stage.say(ALICE, 'find', ['carl'])).toMatchObject([{ code: 'rate_limited' }]);
  });

  it('limits the searches of each person in an hour, in that group alone, at once', async () => {
    await aliceEnrols();
    await stage.agreed(BOB, 'find', ['anna']);
    await stage.say(BOB, 'find', ['anna']);
    expect(textOf(await sets('Searches per hour', '2'))).toContain('an hour: at most 2.');
    expect(await stage.say(BOB, 'find', ['anna'])).toMatchObject([{ code: 'rate_limited' }]);
    await stage.agreed(BOB, 'find', ['anna']);
    const elsewhere = await stage.say(BOB, 'find', ['anna'], { place: TEAM });
    expect(elsewhere).toMatchObject([{ kind: 'consent' }]);
    expect(await stage.press(BOB, action(elsewhere, 'agree'), { place: TEAM })).toMatchObject([{ kind: 'result' }]);
  });

  it('has only the enrolled search', async () => {
    await aliceEnrols();
    expect(await stage.agreed(BOB, 'find', ['anna'])).toMatchObject([{ kind: 'result' }]);
    await sets('Who may search', 'Only who is enrolled');
    expect(await stage.say(BOB, 'find', ['anna'])).toMatchObject([{ code: 'not_enrolled' }]);
    expect(await stage.agreed(ALICE, 'find', ['anna'])).toMatchObject([{ kind: 'result' }]);
  });

  it('speaks the chosen language to the whole group, and everybody’s own to themselves', async () => {
    await aliceEnrols();
    await sets('Language', 'Deutsch');
    const found = await stage.agreed(BOB, 'find', ['anna']);
    const show = found[0]?.kind === 'result' && found[0].show ? found[0].show : expect.fail('no button');
    expect(textOf(found)).toContain('match');
    await stage.press(BOB, show);
    await vi.waitFor(() => expect(stage.platform.shows).toContain('stays'), { timeout: 240_000 });
    expect(textOf([...stage.platform.posts.values()].flat())).toContain('ist auf diesem Bild');
    await sets('Language', 'As the platform says');
    expect(await stage.flow.gallery.settings(await stage.scope())).toEqual({});
  });

  it('states the days that were set in the notice and in /mydata, and has the sweep keep to them', async () => {
    await aliceEnrols();
    const until = async () => /erased by itself on (.+?), unless/.exec(textOf(await stage.say(ALICE, 'mydata')))?.[1];
    const at = (days: number) => moment(stage.clock.ms + days * DAY_MS, 'day');
    expect(await until()).toBe(at(365));
    await sets('Days kept', '30 days');
    expect(await until()).toBe(at(30));
    expect(textOf(await stage.say(BOB, 'enroll', ['bob']))).toContain('30 days without a renewed yes');
    for (let day = 0; day < 32; day++) {
      stage.clock.ms += DAY_MS;
      await sweep(stage.parts, stage.config.retentionDays);
    }
    expect(await stage.flow.gallery.people(await stage.scope())).toEqual([]);
  });

  it('erases the group once that is confirmed: people, settings, and the group itself', async () => {
    await aliceEnrols();
    await stage.agreed(BOB, 'find', ['anna']);
    await sets('Searches per hour', '5');
    const scope = await stage.scope();
    expect(await sets('Erase the group', 'Keep everything')).toMatchObject([{ kind: 'confirm' }]);
    expect(await stage.flow.gallery.people(scope)).toHaveLength(2);
    const erased = await sets('Erase the group', 'Erase everybody');
    expect(erased).toMatchObject([
      { kind: 'info', text: expect.stringContaining('nothing is held of anybody in “Club”') },
    ]);
    expect(await stage.flow.gallery.scopeOf(CLUB)).toBeUndefined();
    expect(await stage.flow.gallery.remaining(scope, ALICE)).toBe(0);
    expect(textOf(await sets())).toContain('Nobody is enrolled yet');
    expect(textOf(await sets())).toContain('at most 20');
  });

  it('asks before it erases', async () => {
    const [asked] = await sets('Erase the group');
    expect(asked).toMatchObject({ kind: 'confirm', text: expect.stringContaining('cannot be undone') });
    expect(labelsOf(asked ? [asked] : [])).toEqual(['Erase everybody', 'Keep everything']);
  });

  it('is kept by a group that gets another id', async () => {
    await aliceEnrols();
    await sets('Searches per hour', '5');
    const supergroup = { ...CLUB, id: '-1005' };
    await stage.chat.moved(CLUB, supergroup);
    expect(textOf(await stage.say(EVE, 'settings', [], { place: supergroup }))).toContain('at most 5.');
  });
});

describe('the operator’s own settings', () => {
  it('are the default, and the bound: nothing laxer is offered, nor holds', async () => {
    await sets('Days kept', '180 days');
    await sets('Searches per hour', '10');
    await stage.restart({ RETENTION_DAYS: '60', FINDS_PER_HOUR: '5', FIND_BY: 'self' });
    const menu = await sets();
    expect(textOf(menu)).toContain('at most 60');
    expect(textOf(menu)).toContain('at most 5.');
    expect(textOf(menu)).toContain('nobody for others; everybody for themselves');
    expect(labelsOf(menu)).not.toContain('Who may search');
    expect(labelsOf(await sets('Days kept'))).toEqual(['60 days', '30 days', '7 days', 'Back']);
    expect(labelsOf(await sets('Searches per hour'))).toEqual(['5', '2', 'Back']);
  });

  it('that became stricter since refuse what was offered before', async () => {
    const offered = await sets('Days kept');
    await stage.restart({ RETENTION_DAYS: '30' });
    expect(await stage.press(EVE, labelled(offered, '90 days'))).toMatchObject([{ code: 'expired' }]);
    expect(await stage.flow.gallery.settings(await stage.scope())).toEqual({});
  });

  it('are never laxer for what a group sets, whatever that is', () => {
    const every = FIND_BY.flatMap((findBy) =>
      [true, false].flatMap((showing) =>
        [1, 20, 10_000].flatMap((many) =>
          ENROL_PROOFS.map(
            (enrolProof): GroupRules => ({ findBy, showing, findsPerHour: many, retentionDays: many, enrolProof }),
          ),
        ),
      ),
    );
    for (const operator of every) {
      expect(rulesOf(operator)).toMatchObject(operator);
      for (const settings of every) {
        const rules = rulesOf(operator, settings);
        expect(FIND_BY.indexOf(rules.findBy)).toBeGreaterThanOrEqual(FIND_BY.indexOf(operator.findBy));
        expect(FIND_BY.indexOf(rules.findBy)).toBeGreaterThanOrEqual(FIND_BY.indexOf(settings.findBy));
        expect(rules.showing).toBe(operator.showing && settings.showing);
        expect(rules.enrolProof === 'none').toBe(operator.enrolProof === 'none' && settings.enrolProof === 'none');
        for (const name of ['findsPerHour', 'retentionDays'] as const) {
          expect(rules[name]).toBe(Math.min(operator[name], settings[name]));
        }
      }
    }
  });
});

describe('days that admins set', () => {
  const now = 400 * DAY_MS;
  const agreed = { version: 1, noticeHash: 'n', at: now - 100 * DAY_MS, shown: false };
  const people = Array.from({ length: 20 }, (_, index) => ({
    person: index,
    standing: { epoch: 0, agreed: { enrol: agreed }, confirmedAt: agreed.at, templates: 1, alerts: 0 },
    membership: 'member' as const,
    overdueSince: now - DAY_MS,
  }));
  const rules = { now, noticeVersion: 1, noticeSince: 0 };

  it('erase whom they are over for without an alarm; the operator’s own days alarm as before', () => {
    const set = planSweep(people, { ...rules, retentionDays: 30, operatorDays: 365 });
    expect(set.erase).toHaveLength(20);
    expect(set.alarm).toBe(false);
    expect(planSweep(people, { ...rules, retentionDays: 30, operatorDays: 60 }).alarm).toBe(true);
    expect(planSweep(people, { ...rules, retentionDays: 30 }).alarm).toBe(true);
  });
});

it('on the page everybody may do everything, and what only groups have is not offered', async () => {
  await using own = await openStage({}, 'alone');
  const menu = await own.say(ALICE, 'settings');
  expect(labelsOf(menu)).toEqual(['Who may search', 'Days kept', 'Erase the group', 'Done']);
});
