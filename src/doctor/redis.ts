import type { Finding } from '../finding.ts';
import type { RedisAddress } from '../queue/redis/address.ts';
import type { RedisSetting } from '../queue/redis/settings.ts';
import { look } from './look.ts';

const PART = 'settings (Redis)';

/** What goes wrong when a setting of Redis has not the wanted value. */
const LOSSES: Readonly<Record<string, string>> = {
  appendonly: 'a Redis that restarts has forgotten unfinished erasures and open questions',
  appendfsync: 'a crash loses what was acknowledged in the last moments, an erasure perhaps',
  'maxmemory-policy': 'a full Redis drops jobs and erasures without a word, where it should refuse new ones',
};

/** Checks Redis' settings, so that Redis does not lose what facefinder stores in it. */
export async function checkRedisSettings(address: RedisAddress): Promise<Finding[]> {
  return await look(PART, async () => {
    const { redisSettings } = await import('../queue/redis/settings.ts');
    return [findingOf(await redisSettings(address))];
  });
}

function findingOf(settings: readonly RedisSetting[]): Finding {
  const wrong = settings.filter(({ value, wanted }) => value !== undefined && value !== wanted);
  const unknown = settings.filter(({ value }) => value === undefined);
  const list = (some: readonly RedisSetting[], of: (setting: RedisSetting) => string) => some.map(of).join(', ');
  if (wrong.length + unknown.length === 0) {
    return { part: PART, state: 'ok', what: list(settings, ({ name, wanted }) => `${name} ${wanted}`) };
  }
  const what = [
    ...(wrong.length > 0 ? [list(wrong, ({ name, value }) => `${name} ${value}`)] : []),
    ...(unknown.length > 0 ? [`cannot be checked: ${list(unknown, ({ name }) => name)}`] : []),
  ];
  const todo = [
    ...wrong.map(
      ({ name, wanted }) => `Set ${name} ${wanted} in redis.conf, as infra/redis.conf has it: else ${LOSSES[name]}.`,
    ),
    ...(unknown.length > 0
      ? [`Make sure with whoever runs this Redis: ${list(unknown, ({ name, wanted }) => `${name} ${wanted}`)}.`]
      : []),
  ];
  return { part: PART, state: 'warn', what: what.join('; '), todo: todo.join(' ') };
}
