import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { giveToService } from '../../infra/services/account.ts';
import { type RunningElasticsearch, startElasticsearch } from '../../infra/services/elasticsearch.ts';
import { DEFAULT_PACK, describePack } from '../../models/pack.ts';
import { readConfig } from '../../src/config.ts';
import type { Account } from '../bots/telegram/platform/people.ts';
import { nativeElasticsearchWorks, nativeRedisWorks } from '../support/shared-services.ts';
import { en, enrolledOnce } from '../support/words.ts';
import { type Club, openClub, textOf } from './club.ts';

/** A part's health is some seconds old, so a change of it shows only later. */
const PATIENTLY = { timeout: 240_000 };

const works = (await nativeRedisWorks()) && (await nativeElasticsearchWorks());

describe.skipIf(!works)('bot and worker with different versions of one pack', () => {
  let root: string;
  let elasticsearch: RunningElasticsearch;
  let club: Club;
  let ann: Account;
  let bob: Account;
  let finder: Account;
  /**
   * Settings for a pack that differs from the club's only in its version. Both packs make the same
   * embeddings, so distances would not show that packs are mixed.
   */
  let later: NodeJS.ProcessEnv;

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'production-packs-'));
    await giveToService(root);
    later = { MODEL_DIR: join(root, 'models'), MODEL_MIRROR: readConfig(process.env).modelDir };
    const manifest = await readFile(new URL(`../../models/${DEFAULT_PACK}.json`, import.meta.url), 'utf8');
    await mkdir(join(root, 'models', 'packs'), { recursive: true });
    const changed = JSON.stringify({ ...JSON.parse(manifest), version: 'later' });
    await writeFile(join(root, 'models', 'packs', `${DEFAULT_PACK}.json`), changed);

    elasticsearch = await startElasticsearch({ dir: join(root, 'elasticsearch'), isBrief: true, tls: true });
    club = await openClub(root, elasticsearch);
    [ann, bob, finder] = [await club.joins('Ann'), await club.joins('Bob'), await club.joins('Finder')];
    await club.enrols(ann, club.photos.ann);
    expect(textOf(await club.agreesToSearch(ann))).toContain('Ann');
    expect(textOf(await club.agreesToSearch(finder))).toContain('Ann');
  });
  afterAll(async () => {
    await club[Symbol.asyncDispose]();
    await elasticsearch.stop();
    await rm(root, { recursive: true, force: true });
  });

  test('nobody is found or enrolled by that worker, each hears so, and its health and doctor say what to do', async () => {
    await club.endsIdle(club.worker);
    club.worker = await club.production.start('worker', later, { healthy: false });
    const searching = club.finds(finder, club.photos.group);
    const enrolling = club.enrols(bob, club.photos.bob);
    expect(textOf(await searching)).toBe(en.failures.unavailable);
    expect(textOf(await enrolling)).toBe(en.failures.unavailable);
    await expect.poll(async () => [await club.bot.health(), await club.worker.health()], PATIENTLY).toEqual([0, 1]);
    const pack = await describePack(DEFAULT_PACK, '');
    const said = await club.production.doctor('worker', later);
    expect(said).toMatch(
      new RegExp(`FAIL models in use: .*${DEFAULT_PACK}@later, the bot with ${pack.id}: set FACE_PACK`),
    );
  });

  test('a worker of the bot’s pack takes over what that one refuses', async () => {
    const right = await club.production.start('worker');
    expect(textOf(await club.finds(finder, club.photos.group))).toMatch(/Ann” .*distance/);
    await club.endsIdle(right);
  });

  test('once the bot has that pack too all goes on, and who enrolled before is told to do it again', async () => {
    await club.endsIdle(club.bot);
    club.bot = await club.production.start('bot', later);
    await expect.poll(() => club.worker.health(), PATIENTLY).toBe(0);
    expect(textOf(await club.finds(finder, club.photos.group))).toMatch(/^Nobody can be found in/);
    expect(textOf(await club.finds(ann, club.photos.group))).toContain(
      'The models that compare faces were changed since you enrolled',
    );
    expect(await club.production.doctor('worker', later)).toContain(
      'warn models in use: 1 people enrolled with other models',
    );

    expect(textOf(await club.offersSelfie(bob, club.photos.bob))).toBe(enrolledOnce(club.group.chat.title ?? ''));
    expect(textOf(await club.offersSelfie(ann, club.photos.ann))).toBe(enrolledOnce(club.group.chat.title ?? ''));
    expect(textOf(await club.finds(finder, club.photos.group))).toMatch(/Ann” .*distance/);
    expect(textOf(await club.finds(finder, club.photos.withBob))).toMatch(/Bob” .*distance/);
    expect(await club.production.doctor('worker', later)).toContain('ok   models in use');
    const confirm = await club.inPrivate(ann, 'forget');
    expect(textOf(await club.answer(ann, () => ann.presses(confirm, 'here')))).toMatch(
      /^Erased from .*: the numbers of 2 selfies/,
    );
    expect(club.telegram.complaints).toEqual([]);
  });
});
