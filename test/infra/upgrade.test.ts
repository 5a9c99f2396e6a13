import { execFileSync, spawn } from 'node:child_process';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { giveToService } from '../../infra/services/account.ts';
import { type RunningElasticsearch, startElasticsearch } from '../../infra/services/elasticsearch.ts';
import type { Account } from '../bots/telegram/platform/people.ts';
import { nativeElasticsearchWorks, nativeRedisWorks } from '../support/shared-services.ts';
import { type Club, openClub, textOf } from './club.ts';
import { ROOT } from './compose.ts';
import type { Launch } from './without-docker.ts';

/** The last commit of 0.1.0. */
const OLD = 'a539815';

/**
 * Whether this clone has that commit. If not, says what is not tested; under CI=true it throws
 * instead: see .ci/run.
 */
function hasOld(): boolean {
  try {
    execFileSync('git', ['cat-file', '-e', `${OLD}^{commit}`], { cwd: fileURLToPath(ROOT), stdio: 'ignore' });
    return true;
  } catch (cause) {
    if (process.env.CI === 'true')
      throw new Error('the history is needed under CI=true: clone without --depth', { cause });
    console.error('\n*** NOT TESTED: versions beside each other, because this clone lacks the history\n');
    return false;
  }
}

const works = hasOld() && (await nativeRedisWorks()) && (await nativeElasticsearchWorks());

/**
 * What the old version needs to fetch a model, perhaps through a proxy with its own certificate.
 */
const HERE = {
  HOME: process.env.HOME,
  PATH: process.env.PATH,
  NODE_EXTRA_CA_CERTS: process.env.NODE_EXTRA_CA_CERTS,
};

/** The role whose processes run the old version. The other role runs the new version. */
type Roles = { readonly old: 'bot' | 'worker' };

describe.skipIf(!works)('while one process after the other is replaced by a newer version', () => {
  let root: string;
  let elasticsearch: RunningElasticsearch;
  let club: Club;
  let ann: Account;
  const roles: { -readonly [key in keyof Roles]: Roles[key] | undefined } = { old: 'bot' };

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'upgrade-'));
    await giveToService(root);
    const old = join(root, 'old');
    execFileSync('sh', ['-c', `mkdir '${old}' && git archive ${OLD} | tar -x -C '${old}'`], {
      cwd: fileURLToPath(ROOT),
    });
    await symlink(fileURLToPath(new URL('node_modules', ROOT)), join(old, 'node_modules'));
    const launch =
      (secrets: string): Launch =>
      (command, env) =>
        spawn(process.execPath, ['src/main.ts', ...command], {
          cwd: env.ROLE === roles.old ? old : fileURLToPath(ROOT),
          stdio: ['ignore', 'pipe', 'pipe'],
          env: Object.fromEntries(
            // A gallery of 0.1.0 has this pack, and keeps it.
            Object.entries({ ...HERE, ...env, FACE_PACK: 'faceplugin512' }).map(([name, value]) => [
              name,
              value?.replace('/run/secrets', secrets),
            ]),
          ),
        });
    elasticsearch = await startElasticsearch({ dir: join(root, 'elasticsearch'), isBrief: true, tls: true });
    club = await openClub(root, elasticsearch, { launch });
    ann = await club.joins('Ann');
  });
  afterAll(async () => {
    await club[Symbol.asyncDispose]();
    await elasticsearch.stop();
    await rm(root, { recursive: true, force: true });
  });

  async function everybodyIsServed(): Promise<void> {
    expect(textOf(await club.enrols(ann, club.photos.ann))).toContain('You are enrolled in');
    const finder = await club.joins('Finder');
    expect(textOf(await club.agreesToSearch(finder))).toMatch(/Ann” .*distance/);
    await leaves();
  }

  /** Ann sends a command in the group. An old bot answers there with a link, which she opens. */
  async function asks(command: 'enroll' | 'forget') {
    if (roles.old !== 'bot') return await club.inPrivate(ann, command);
    const inGroup = () => club.people.inChat(club.group.chat.id);
    const before = inGroup().length;
    ann.saysIn(club.group, `/${command}`);
    const link = await club.telegram.until('the link', () => inGroup()[before]);
    return await club.answer(ann, () => ann.opens(link));
  }

  /** Lets Ann leave. Waits until her receipt also says that the bytes are gone. */
  async function leaves(): Promise<void> {
    const question = await asks('forget');
    const { id } = await club.answer(ann, () => ann.presses(question, 'here'));
    const receipt = () => textOf(ann.inbox().find((message) => message.id === id));
    expect(receipt()).toMatch(/erased/i);
    await expect.poll(receipt, { timeout: 800_000 }).toMatch(/bytes have left/i);
  }

  /**
   * What Ann is shown after she agrees to the bot's notice. Then she leaves, and gets a receipt.
   */
  async function afterAgreeing(): Promise<string> {
    await asks('enroll');
    const notice = await club.answer(ann, () => ann.says('', { photos: [club.photos.ann] }));
    const shown = textOf(await club.answer(ann, () => ann.presses(notice, 'agree')));
    await leaves();
    return shown;
  }

  test('an old bot beside a new worker: people who agree to the old notice are shown the new one', async () => {
    expect(await afterAgreeing()).toContain('May I remember your face for');
  });

  test('a new bot beside an old worker: people who agree to the new notice are shown the old one', async () => {
    await club.endsIdle(club.bot, club.worker);
    roles.old = 'worker';
    // Old workers send no sign of life, so a new bot does not call itself ready beside them. It
    // still works.
    club.bot = await club.production.start('bot', {}, { healthy: false });
    club.worker = await club.production.start('worker');
    expect(await afterAgreeing()).toContain('May I remember your face in this group?');
  });

  test('both new ones serve everybody', async () => {
    await club.endsIdle(club.worker);
    roles.old = undefined;
    club.worker = await club.production.start('worker');
    await expect.poll(() => club.bot.health()).toBe(0);
    await everybodyIsServed();
  });
});
