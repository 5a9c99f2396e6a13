import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resumeHeard } from '../../src/chat/open-chat.ts';
import { Failure } from '../../src/failure.ts';
import { BRIEF } from '../../src/queue/pending.ts';
import { en } from '../support/words.ts';
import { ATTEMPT, forgetButForBytes } from './erasure-stage.ts';
import { ALICE, action, BOB, openStage } from './stage.ts';

let stage: Awaited<ReturnType<typeof openStage>>;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage[Symbol.asyncDispose]());

const noted = async () => (await stage.parts.stores.pending.list('heard')).length;

describe('a request that a platform was told is heard', () => {
  it('is done once by the next program if the first one ended during it', async () => {
    await stage.agreed(BOB, 'find', ['carl']);
    const ask = stage.ask(BOB, 'find', ['carl']);
    await stage.chat.note(ask);
    await stage.restart();
    await resumeHeard(stage.flow, 0);
    expect(await stage.platform.shownAt(ask.address.message)).toMatchObject([{ kind: 'result' }]);
    await resumeHeard(stage.flow, 0);
    expect(stage.platform.timesAnswered(ask.address.message)).toBe(1);
    expect(await noted()).toBe(0);
  });

  it('is left alone while its own program works on it', async () => {
    const ask = stage.ask(BOB, 'help');
    await stage.chat.note(ask);
    await resumeHeard(stage.flow, 0);
    expect(stage.platform.timesAnswered(ask.address.message)).toBe(0);
    await stage.chat.ask(ask);
    expect(await noted()).toBe(0);
  });

  it('is left to another program for a minute, and done after that', async () => {
    const ask = stage.ask(BOB, 'help');
    await stage.chat.note(ask);
    await stage.restart();
    stage.clock.ms += 59_000;
    await resumeHeard(stage.flow);
    expect(stage.platform.timesAnswered(ask.address.message)).toBe(0);
    stage.clock.ms += 2_000;
    await resumeHeard(stage.flow);
    expect(stage.platform.timesAnswered(ask.address.message)).toBe(1);
  });

  it('is dropped when it is done, even if a slow store noted it only after that', async () => {
    const { heard } = stage.flow;
    const { note } = heard;
    const store = Promise.withResolvers<void>();
    let late: Promise<void> | undefined;
    Object.assign(heard, {
      note: (...of: Parameters<typeof note>) => {
        late = store.promise.then(() => note(...of));
        return late;
      },
    });
    const ask = stage.ask(BOB, 'help');
    await stage.chat.note(ask);
    const done = stage.chat.ask(ask);
    // The request ends within this time, unless it waits for the note of its ask.
    await Promise.race([done, sleep(1_000)]);
    store.resolve();
    await Promise.all([done, late]);
    expect(await noted()).toBe(0);
  });

  it('is not done when the platform did not get the word', async () => {
    const ask = stage.ask(BOB, 'help');
    await stage.chat.note(ask);
    await stage.chat.drop(ask);
    await stage.restart();
    await resumeHeard(stage.flow, 0);
    expect(stage.platform.timesAnswered(ask.address.message)).toBe(0);
  });

  it('is done if it is an erasure, however long nothing ran', async () => {
    await stage.agreed(ALICE, 'enroll', ['anna']);
    const press = stage.pressOf(ALICE, action(await stage.say(ALICE, 'forget'), 'confirm'));
    await stage.chat.note(press);
    await stage.restart();
    stage.clock.ms += 86_400_000;
    await stage.parts.stores.pending.tidy(BRIEF, stage.clock.ms);
    await resumeHeard(stage.flow, 0);
    expect(await stage.flow.gallery.scopesOf(ALICE)).toEqual([]);
    expect(await noted()).toBe(0);
  });

  it('is not done if it has photos and nobody can be answered any more', async () => {
    await stage.agreed(BOB, 'find', ['carl']);
    const ask = stage.ask(BOB, 'find', ['carl']);
    await stage.chat.note(ask);
    await stage.restart();
    const fetched = stage.platform.fetched.length;
    stage.clock.ms = ask.deadline;
    await resumeHeard(stage.flow, 0);
    expect(await noted()).toBe(0);
    expect(stage.platform.fetched).toHaveLength(fetched);
  });

  it('is not done if it is an admin’s and nobody can be answered any more', async () => {
    await stage.agreed(ALICE, 'enroll', ['anna']);
    stage.platform.admins.set(BOB.id, 'yes');
    const choices = await stage.say(BOB, 'settings');
    const labels = choices.flatMap((reply) => ('actions' in reply ? (reply.actions ?? []) : []));
    const erase = labels.find(({ label }) => label === en.settings.buttons.erase);
    const question = await stage.press(BOB, erase ?? expect.fail('nothing to erase by'));
    const press = stage.pressOf(BOB, action(question, 'confirm'));
    await stage.chat.note(press);
    await stage.restart();
    stage.clock.ms = press.deadline;
    await resumeHeard(stage.flow, 0);
    expect(await noted()).toBe(0);
    expect(await stage.flow.gallery.scopesOf(ALICE)).toHaveLength(1);
  });

  it('is not done before its person’s unfinished erasure, and is dropped with it', async () => {
    await stage.agreed(ALICE, 'enroll', ['anna']);
    const { job, repair } = await forgetButForBytes(stage);
    // The program crashed after the rows were erased, so an ask from before the erasure is still
    // noted.
    await stage.chat.note(stage.ask(ALICE, 'enroll', ['anna']));
    await stage.restart();
    await resumeHeard(stage.flow, 0);
    expect(await stage.flow.gallery.scopesOf(ALICE)).toEqual([]);
    expect(await noted()).toBe(1);
    repair();
    await stage.flow.eraser.handler(job, ATTEMPT);
    await resumeHeard(stage.flow, 0);
    expect(await stage.flow.gallery.scopesOf(ALICE)).toEqual([]);
    expect(await noted()).toBe(0);
  });

  it('is not done if its person withdraws while others’ requests are done', async () => {
    await stage.agreed(ALICE, 'enroll', ['anna']);
    await stage.chat.note(stage.ask(BOB, 'help'));
    await stage.chat.note(stage.ask(ALICE, 'help'));
    await stage.restart();
    const told: string[] = [];
    const { courier } = stage.platform;
    const { answer } = courier;
    Object.assign(courier, {
      answer: async (...given: Parameters<typeof answer>) => {
        // Both people are erased while the first answer is given, so one of them has no answer yet.
        if (told.push('somebody') === 1)
          for (const who of [ALICE, BOB]) await stage.flow.eraser.erase(who, 'everywhere', 'asked');
        await answer(...given);
      },
    });
    await resumeHeard(stage.flow, 0);
    expect(told).toHaveLength(1);
    expect(await noted()).toBe(0);
  });

  it('is left out if it cannot be read any more: everything else is done, and the program starts', async () => {
    const ask = stage.ask(BOB, 'help');
    await stage.chat.note(stage.ask(ALICE, 'help'));
    const [note] = await stage.parts.stores.pending.list('heard');
    if (!note) throw new Error('nothing was noted');
    await stage.parts.stores.pending.put('heard', { ...note, body: 'closed by another key' });
    await stage.chat.note(ask);
    await stage.restart();
    await resumeHeard(stage.flow, 0);
    expect(stage.platform.timesAnswered(ask.address.message)).toBe(1);
    expect(await noted()).toBe(0);
  });

  it('is tried again while the platform is away, until it would be too late', async () => {
    const ask = stage.ask(BOB, 'help');
    await stage.chat.note(ask);
    await stage.restart();
    const { courier } = stage.platform;
    const { answer } = courier;
    Object.assign(courier, { answer: () => Promise.reject(new Failure('unavailable')) });
    await resumeHeard(stage.flow, 0);
    expect(await noted()).toBe(1);
    Object.assign(courier, { answer });
    await resumeHeard(stage.flow, 0);
    expect(stage.platform.timesAnswered(ask.address.message)).toBe(1);
    expect(await noted()).toBe(0);
  });

  it('is logged if it breaks the program, and not tried at each start', async () => {
    await stage.chat.note(stage.ask(BOB, 'help'));
    await stage.restart();
    const { courier } = stage.platform;
    Object.assign(courier, { answer: () => Promise.reject(new Error('a bug')) });
    await resumeHeard(stage.flow, 0);
    expect(await noted()).toBe(0);
  });

  it('is dropped when its person is erased', async () => {
    await stage.agreed(ALICE, 'enroll', ['anna']);
    await stage.chat.note(stage.ask(ALICE, 'find', ['carl']));
    expect(await noted()).toBe(1);
    await stage.press(ALICE, action(await stage.say(ALICE, 'forget'), 'confirm'));
    expect(await noted()).toBe(0);
  });

  it('is answered even if no shelf accepts anything', async () => {
    const { pending } = stage.parts.stores;
    const { put } = pending;
    Object.assign(pending, { put: () => Promise.reject(new Failure('busy')) });
    const ask = stage.ask(BOB, 'help');
    await stage.chat.note(ask);
    Object.assign(pending, { put });
    await stage.chat.ask(ask);
    expect(await stage.platform.shownAt(ask.address.message)).toMatchObject([
      { text: expect.stringContaining(en.help.title) },
    ]);
  });
});
