import { expect, it } from 'vitest';
import { Cause } from '../../src/cause.ts';
import { openWatch } from '../../src/health/watch.ts';
import { openLog } from '../../src/log.ts';

function open() {
  const clock = { ms: 1_000_000 };
  const watch = openWatch(openLog('silent'), () => clock.ms);
  const hears = (id: string, isLocal = false) => {
    const hearing = watch.hearingOf({ id, isLocal });
    hearing.heard();
    return hearing;
  };
  const ending = () => Promise.race([watch.unrecoverable, Promise.resolve('it goes on')]);
  return { watch, clock, hears, ending };
}

const token = new Cause('discord_token');

it('of two platforms, one that refuses the bot for good does not end the other, and is told for as long as it lasts', async () => {
  const { watch, clock, hears, ending } = open();
  const [discord] = [hears('discord'), hears('telegram')];
  watch.started();
  discord.refused(token);
  expect(await ending()).toBe('it goes on');
  for (let hours = 0; hours < 3; hours++) {
    const { status, text } = await watch.probes.readyz();
    expect([status, text]).toEqual([503, `not ready\ndiscord: discord_token: ${token.message}\n`]);
    // The program is still healthy, so nobody restarts it. After a restart the platform would
    // refuse the bot again, and the other bot would be off too.
    expect(await watch.probes.healthz()).toMatchObject({ status: 200 });
    clock.ms += 3_600_000;
  }
  expect(watch.platforms()).toEqual(
    new Map([
      ['discord', false],
      ['telegram', true],
    ]),
  );
});

it('once every platform refuses it, it can never recover', async () => {
  const { watch, hears, ending } = open();
  const [discord, telegram] = [hears('discord'), hears('telegram')];
  watch.started();
  discord.refused(token);
  const last = new Cause('telegram_token');
  telegram.refused(last);
  expect(await ending()).toBe(last);
});

it('the page beside a bot is no reason to go on without it', async () => {
  const { watch, hears, ending } = open();
  const [discord] = [hears('discord'), hears('local', true)];
  watch.started();
  discord.refused(token);
  expect(await ending()).toBe(token);
});

it('a refusal while another platform is still being started ends nothing before it is known how that goes', async () => {
  const { watch, hears, ending } = open();
  hears('discord').refused(token);
  expect(await ending()).toBe('it goes on');
  hears('telegram');
  watch.started();
  expect(await ending()).toBe('it goes on');
});

it('a platform that is lost for long may be mended by a restart', async () => {
  const { watch, clock, hears } = open();
  const discord = hears('discord');
  watch.started();
  discord.lost(new Cause('discord_unreachable'));
  clock.ms += 60_000;
  expect(await watch.probes.healthz()).toMatchObject({ status: 200 });
  clock.ms += 5 * 60_000;
  expect((await watch.probes.healthz()).text).toMatch(/^not ok\ndiscord: discord_unreachable/);
});
