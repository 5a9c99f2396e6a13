import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expirePlaceholders } from '../../src/chat/answering/expiry.ts';
import { SPEAKING_MS } from '../../src/chat/answering/protocol.ts';
import type { Ask } from '../../src/chat/ask.ts';
import { Failure } from '../../src/failure.ts';
import { ALICE, action, BOB, openStage } from './stage.ts';

let stage: Awaited<ReturnType<typeof openStage>>;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage[Symbol.asyncDispose]());

/** Opens a placeholder and does nothing more, like a process that dies before the answer. */
async function leavePlaceholder() {
  const ask = stage.ask(ALICE, 'help');
  await stage.flow.placeholders.open(stage.flow.placeholders.idOf(ask), ask);
  return ask;
}

describe('a placeholder whose ask nobody works on any more', () => {
  it('says so after a restart, and a repeated delivery of its update adds no second answer', async () => {
    const ask = await leavePlaceholder();
    await expirePlaceholders(stage.flow, () => true);
    await stage.chat.ask(ask);
    expect(await stage.platform.shownAt(ask.address.message)).toMatchObject([{ kind: 'error', code: 'expired' }]);
    expect(stage.platform.timesAnswered(ask.address.message)).toBe(1);
  });

  it('is answered in place when its update is delivered again before that', async () => {
    const ask = await leavePlaceholder();
    await stage.chat.ask(ask);
    await expirePlaceholders(stage.flow, () => true);
    expect(await stage.platform.shownAt(ask.address.message)).toMatchObject([{ kind: 'info' }]);
    expect(stage.platform.timesAnswered(ask.address.message)).toBe(1);
  });

  it('says so at its deadline, once, and is forgotten', async () => {
    const ask = await leavePlaceholder();
    stage.clock.ms = ask.deadline + 60_000;
    await expirePlaceholders(stage.flow);
    await expirePlaceholders(stage.flow);
    expect(stage.platform.timesAnswered(ask.address.message)).toBe(1);
    expect(await stage.flow.placeholders.all()).toEqual([]);
  });

  it('is told a little later when the platform cannot be reached at its deadline', async () => {
    const ask = await leavePlaceholder();
    stage.clock.ms = ask.deadline + 3_000;
    const { answer } = stage.platform.courier;
    Object.assign(stage.platform.courier, {
      answer: async () => {
        throw new Failure('unavailable');
      },
    });
    await expirePlaceholders(stage.flow);
    Object.assign(stage.platform.courier, { answer });
    await expirePlaceholders(stage.flow);
    expect(await stage.platform.shownAt(ask.address.message)).toMatchObject([{ kind: 'error', code: 'expired' }]);
    expect(await stage.flow.placeholders.all()).toEqual([]);
  });

  it('says so even if the shelves are full', async () => {
    const waiting = await leavePlaceholder();
    const { pending } = stage.parts.stores;
    Object.assign(pending, { replace: () => Promise.reject(new Failure('busy')) });
    stage.clock.ms = waiting.deadline + 10_000;
    await expirePlaceholders(stage.flow);
    expect(await stage.platform.shownAt(waiting.address.message)).toMatchObject([{ code: 'expired' }]);
    expect(await stage.flow.placeholders.all()).toEqual([]);
  });

  it('does not keep others waiting when it cannot be answered', async () => {
    const unknown = stage.ask(BOB, 'help', [], { address: { platform: 'telegram', shape: 'of a version before' } });
    await stage.flow.placeholders.open(stage.flow.placeholders.idOf(unknown), unknown);
    const ask = await leavePlaceholder();
    const { answer } = stage.platform.courier;
    Object.assign(stage.platform.courier, {
      async answer(...args: Parameters<typeof answer>) {
        if (args[0].message === undefined) throw new TypeError('not an address of Telegram');
        await answer(...args);
      },
    });
    stage.clock.ms = ask.deadline + 60_000;
    await expirePlaceholders(stage.flow);
    expect(stage.platform.timesAnswered(ask.address.message)).toBe(1);
    expect(await stage.flow.placeholders.all()).toEqual([]);
  });
});

describe('an answer that comes about the deadline', () => {
  let ask: Ask;
  beforeEach(async () => {
    await stage.agreed(BOB, 'find', ['carl']);
    ask = stage.ask(BOB, 'find', ['carl']);
  });

  const late = (ms: number) => {
    stage.clock.ms = ask.deadline + ms;
  };
  const answers = () => stage.platform.timesAnswered(ask.address.message);

  /**
   * Holds the next call of this method of the platform at its beginning. `begun` resolves once the
   * call has come, and `goOn` lets it go on.
   */
  function hold(method: 'answer' | 'fetchPhoto') {
    const { courier } = stage.platform;
    const before = courier[method] as (...args: unknown[]) => Promise<unknown>;
    const [begun, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    Object.assign(courier, {
      async [method](...args: unknown[]) {
        Object.assign(courier, { [method]: before });
        begun.resolve();
        await goOn.promise;
        return await before(...args);
      },
    });
    return { begun: begun.promise, goOn: goOn.resolve };
  }

  /**
   * The worker is about to show its answer, a second before the deadline. Gives the function that
   * lets it go on.
   */
  async function almostLate() {
    const photo = hold('fetchPhoto');
    await stage.chat.ask(ask);
    await photo.begun;
    late(-1_000);
    const answer = hold('answer');
    photo.goOn();
    await answer.begun;
    return answer.goOn;
  }

  /** Waits until the worker has ended the job. */
  const idle = () => expect.poll(() => stage.flow.queue.state()).toMatchObject({ waiting: 0, running: 0 });

  it('is the only one if it is under way when the deadline passes', async () => {
    const show = await almostLate();
    late(10_000);
    await expirePlaceholders(stage.flow);
    expect(answers()).toBe(0);
    show();
    await idle();
    await expirePlaceholders(stage.flow);
    expect(await stage.platform.shownAt(ask.address.message)).toMatchObject([{ kind: 'result' }]);
    expect(answers()).toBe(1);
    expect(await stage.flow.placeholders.all()).toEqual([]);
  });

  it('is not shown after `expired`, even if its worker’s clock is slow', async () => {
    const photo = hold('fetchPhoto');
    await stage.chat.ask(ask);
    await photo.begun;
    late(3_000);
    const expired = hold('answer');
    const sweep = expirePlaceholders(stage.flow);
    await expired.begun;
    late(-1_000);
    photo.goOn();
    await idle();
    expired.goOn();
    await sweep;
    expect(await stage.platform.shownAt(ask.address.message)).toMatchObject([{ kind: 'error', code: 'expired' }]);
    expect(answers()).toBe(1);
  });

  it('is not waited for any longer when its worker was killed before it said anything', async () => {
    const rest = await almostLate();
    late(SPEAKING_MS - 2_000);
    await expirePlaceholders(stage.flow);
    expect(answers()).toBe(0);
    late(SPEAKING_MS);
    await expirePlaceholders(stage.flow);
    expect(answers()).toBe(1);
    expect(await stage.platform.shownAt(ask.address.message)).toMatchObject([{ kind: 'error', code: 'expired' }]);
    rest();
  });

  it('is given by the next worker when the first was killed before it said anything', async () => {
    const { courier } = stage.platform;
    const { answer } = courier;
    // The worker fails as if it died here, and its job goes back into the queue.
    Object.assign(courier, {
      async answer() {
        Object.assign(courier, { answer });
        throw new Failure('busy');
      },
    });
    await stage.chat.ask(ask);
    expect(await stage.platform.shownAt(ask.address.message)).toMatchObject([{ kind: 'result' }]);
    await idle();
    expect(answers()).toBe(1);
  });

  it('is not shown to somebody whose ask was withdrawn by their /forget meanwhile', async () => {
    const photo = hold('fetchPhoto');
    await stage.chat.ask(ask);
    await photo.begun;
    const confirm = await stage.say(BOB, 'forget');
    await stage.press(BOB, action(confirm, 'confirm'));
    photo.goOn();
    await idle();
    expect(await stage.platform.shownAt(ask.address.message)).toMatchObject([{ kind: 'error', code: 'expired' }]);
    expect(answers()).toBe(1);
  });

  it('is not shown while that withdrawal is being told', async () => {
    const photo = hold('fetchPhoto');
    await stage.chat.ask(ask);
    await photo.begun;
    const withdrawn = hold('answer');
    const forgetting = stage.flow.eraser.erase(BOB, 'everywhere', 'left');
    await withdrawn.begun;
    photo.goOn();
    await idle();
    expect(answers()).toBe(0);
    withdrawn.goOn();
    await forgetting;
    expect(await stage.platform.shownAt(ask.address.message)).toMatchObject([{ kind: 'error', code: 'expired' }]);
    expect(answers()).toBe(1);
  });

  it('is the only one if it was being shown when the withdrawal came', async () => {
    const shown = hold('answer');
    await stage.chat.ask(ask);
    await shown.begun;
    await stage.flow.eraser.erase(BOB, 'everywhere', 'left');
    shown.goOn();
    await idle();
    expect(await stage.platform.shownAt(ask.address.message)).toMatchObject([{ kind: 'result' }]);
    expect(answers()).toBe(1);
  });

  it('is given even if the shelves accept nothing, while the deadline is far', async () => {
    const photo = hold('fetchPhoto');
    await stage.chat.ask(ask);
    await photo.begun;
    const { pending } = stage.parts.stores;
    Object.assign(pending, { replace: () => Promise.reject(new Failure('busy')) });
    photo.goOn();
    expect(await stage.platform.shownAt(ask.address.message)).toMatchObject([{ kind: 'result' }]);
  });

  it('is not followed by `expired` when its update is delivered again at the same moment', async () => {
    const { courier } = stage.platform;
    const { placeholder } = courier;
    const photo = hold('fetchPhoto');
    await stage.chat.ask(ask);
    await photo.begun;
    Object.assign(courier, {
      async placeholder(...args: Parameters<typeof placeholder>) {
        photo.goOn();
        await idle();
        return await placeholder(...args);
      },
    });
    await stage.chat.ask(ask);
    late(60_000);
    await expirePlaceholders(stage.flow);
    expect(await stage.platform.shownAt(ask.address.message)).toMatchObject([{ kind: 'result' }]);
    expect(answers()).toBe(1);
  });
});
