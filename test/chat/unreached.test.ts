import { afterEach, beforeEach, expect, it } from 'vitest';
import { Failure } from '../../src/failure.ts';
import { BOB, openStage } from './stage.ts';

let stage: Awaited<ReturnType<typeof openStage>>;
beforeEach(async () => {
  stage = await openStage();
  stage.platform.courier.answer = async () => {
    throw new Failure('expired');
  };
});
afterEach(() => stage[Symbol.asyncDispose]());

it('somebody whom no answer can reach is told another way, once, although the program ends over it', async () => {
  const ask = stage.ask(BOB, 'help');
  const ended = new Failure('unavailable');
  await expect(stage.chat.ask(ask, () => Promise.reject(ended))).rejects.toBe(ended);
  await stage.restart();
  let told = 0;
  const tells = async () => {
    told += 1;
  };
  await stage.chat.ask(ask, tells);
  await stage.chat.ask(ask, tells);
  expect(told).toBe(1);
});
