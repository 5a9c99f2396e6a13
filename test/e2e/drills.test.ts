import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { answerTo } from '../bots/telegram/driver.ts';
import { type Account, peopleOf } from '../bots/telegram/platform/people.ts';
import { type BotApi, startBotApi } from '../bots/telegram/platform/server.ts';
import { faceProcessesOf } from '../support/face-processes.ts';
import { hasOpenssl } from '../support/openssl.ts';
import { type CompanyProxy, openCompanyProxy } from '../support/proxy.ts';
import { openTree, type Tree } from '../support/tree.ts';
import { selfie, type Visitor, visitor } from './page-app.ts';
import { type Program, runProgram } from './program.ts';

/** How long a fault may stay unseen. */
const SEEN_MS = 60_000;
/**
 * How long the program may take to recover on a busy machine. It polls Telegram again within half a
 * minute.
 */
const MENDED_MS = 240_000;

/**
 * One program in its own folder, with its page, and a Telegram bot behind a company's proxy. Faults
 * come one after the other while it runs. /readyz names each fault within a minute. Everybody who
 * asks meanwhile gets an answer, and the program recovers by itself.
 */
describe.skipIf(!hasOpenssl('faults of a running program'))('a fault while the program runs', () => {
  let dataDir: string;
  let tree: Tree;
  let telegram: BotApi;
  let proxy: CompanyProxy;
  let program: Program;
  let ann: Account;
  let bob: Visitor;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'facefinder-drills-'));
    tree = await openTree();
    telegram = await startBotApi();
    proxy = await openCompanyProxy(telegram.url, ['api.telegram.org']);
    const env = { TELEGRAM_TOKEN: telegram.token, HTTPS_PROXY: proxy.url, NODE_EXTRA_CA_CERTS: proxy.ca };
    program = await runProgram({ dataDir, env, main: tree.main });
    ann = peopleOf(telegram).person('Ann');
    bob = visitor(program.url, 'bob');
    await answerTo(telegram, ann, () => ann.says('/start'));
    expect(await bob.agree('/enroll', await selfie())).toMatchObject([{ kind: 'enrolled' }]);
    await untilReady();
  });
  afterAll(async () => {
    telegram?.updates.stop();
    for (const part of [program, proxy, telegram, tree]) await part?.[Symbol.asyncDispose]();
    await rm(dataDir, { recursive: true, force: true });
  });

  const readyz = async () => (await fetch(`${program.url}/readyz`)).text();
  const untilReady = () =>
    vi.waitFor(async () => expect(await readyz()).toBe('ready\n'), { timeout: MENDED_MS, interval: 250 });
  const untilTold = (...told: readonly RegExp[]) =>
    vi.waitFor(
      async () => {
        const said = await readyz();
        for (const line of told) expect(said).toMatch(line);
      },
      { timeout: SEEN_MS, interval: 250 },
    );

  /** Ends the child, so that the next child meets the fault. */
  function endChild(): void {
    for (const pid of faceProcessesOf(Number(program.process.pid))) process.kill(pid, 'SIGKILL');
  }

  const PROXY = /^proxy: proxy_unreachable: The proxy does not answer \(127\.0\.0\.1:\d+\)/m;
  const CHILDREN = /^children: child_ends: The process that looks at photos ends as soon as it starts/m;
  const UNAVAILABLE = [{ kind: 'error', code: 'unavailable' }];

  it('the child process cannot start', async () => {
    const putBack = await tree.take('src/face/child.ts');
    endChild();
    await untilTold(CHILDREN);
    expect(await bob.say('/enroll', await selfie())).toMatchObject(UNAVAILABLE);
    await putBack();
    await untilReady();
    expect(await bob.say('/enroll', await selfie())).toMatchObject([{ kind: 'enrolled' }]);
    expect(program.output()).toContain('"part":"children","cause":"child_ends"');
  });

  it('a native library is missing', async () => {
    const putBack = await tree.take(await tree.sharpBinary());
    endChild();
    await untilTold(/^children: native_missing: A part of the program .* is missing \(sharp\)/m);
    expect(await bob.say('/enroll', await selfie())).toMatchObject(UNAVAILABLE);
    await putBack();
    await untilReady();
  });

  it('the proxy is down: what people wrote meanwhile is answered after it', async () => {
    await proxy.down();
    await untilTold(PROXY);
    expect(program.output()).toContain('"part":"proxy","cause":"proxy_unreachable"');
    const before = ann.inbox().length;
    ann.says('/help');
    await proxy.mend();
    await untilReady();
    await vi.waitFor(() => expect(ann.inbox()).toHaveLength(before + 1), MENDED_MS);
  });

  it('two at once: the proxy hangs up, and the child process cannot start', async () => {
    proxy.hangUp();
    const putBack = await tree.take('src/face/child.ts');
    endChild();
    await untilTold(PROXY, CHILDREN);
    expect(await bob.say('/enroll', await selfie())).toMatchObject(UNAVAILABLE);
    await putBack();
    await untilTold(/^(?!.*\nchildren:)/s, PROXY);
    await proxy.mend();
    await untilReady();
    await answerTo(telegram, ann, () => ann.says('/help'));
  });
});
