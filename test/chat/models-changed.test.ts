import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DEFAULT_PACK } from '../../models/pack.ts';
import type { Reply } from '../../src/chat/reply.ts';
import { en, enrolledOnce } from '../support/words.ts';
import { ALICE, BOB, openStage } from './stage.ts';

const group = '“Club”';

let stage: Awaited<ReturnType<typeof openStage>>;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage[Symbol.asyncDispose]());

/** A folder of models whose default pack is a later version. */
function laterModels(): string {
  const manifest = JSON.parse(readFileSync(new URL(`../../models/${DEFAULT_PACK}.json`, import.meta.url), 'utf8'));
  const dir = join(stage.dataDir, 'models');
  mkdirSync(join(dir, 'packs'), { recursive: true });
  writeFileSync(join(dir, 'packs', `${DEFAULT_PACK}.json`), JSON.stringify({ ...manifest, version: 'later' }));
  return dir;
}

const texts = (replies: readonly Reply[]) => replies.map(({ text }) => text);

test('after a change of models nobody is found until they enrol again, and all are told so', async () => {
  await stage.agreed(ALICE, 'enroll', ['alice']);
  expect(texts(await stage.agreed(BOB, 'find', ['alice']))[0]).toContain('Alice');
  await stage.restart({ MODEL_DIR: laterModels() });

  expect(texts(await stage.say(BOB, 'find', ['alice']))).toEqual([en.find.allOutdated({ group })]);
  expect(texts(await stage.agreed(ALICE, 'find', ['bob']))).toEqual([
    en.find.allOutdated({ group }),
    en.enroll.again({ group }),
  ]);
  expect(texts(await stage.say(ALICE, 'mydata'))[0]).toContain(en.mydata.outdated({ templates: 1 }));

  expect(texts(await stage.say(ALICE, 'enroll', ['alice']))).toEqual([enrolledOnce('Club')]);
  expect(texts(await stage.say(BOB, 'find', ['alice']))[0]).toContain('Alice');
  expect(texts(await stage.say(ALICE, 'find', ['alice']))).toEqual([expect.stringContaining('Alice')]);
});

test('while the bot has other models than this worker, nothing is searched or enrolled, and people hear that it is unavailable', async () => {
  await stage.agreed(ALICE, 'enroll', ['alice']);
  await stage.agreed(BOB, 'find', ['alice']);
  await stage.flow.gallery.adoptPack();
  await stage.restart({ MODEL_DIR: laterModels() });
  const asked = stage.say(BOB, 'find', ['alice']);
  const enrolling = stage.say(ALICE, 'enroll', ['alice']);
  expect(texts([...(await asked), ...(await enrolling)])).toEqual([en.failures.unavailable, en.failures.unavailable]);
  await stage.flow.gallery.adoptPack();
  expect(texts(await stage.say(ALICE, 'enroll', ['alice']))).toEqual([enrolledOnce('Club')]);
});
