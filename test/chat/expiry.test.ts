import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expirePlaceholders } from '../../src/chat/expiry.ts';
import { Failure } from '../../src/failure.ts';
import { ALICE, BOB, openStage } from './stage.ts';

let stage: Awaited<ReturnType<typeof openStage>>;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage[Symbol.asyncDispose]());

/** What a process leaves that dies between the placeholder and the answer. */
async function leavePlaceholder() {
  const ask = stage.ask(ALICE, 'help');
  await stage.flow.placeholders.open(stage.flow.placeholders.idOf(ask), ask);
  return ask;
}

describe('a placeholder that nobody works on any more', () => {
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

  it('does not keep the others waiting when nothing can be made of it', async () => {
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
