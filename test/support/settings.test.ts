import { expect, inject, test, vi } from 'vitest';
import takeAway from './settings.ts';

test('whoever runs the tests keeps their token to themselves, and lends their servers and models', () => {
  vi.stubEnv('DISCORD_TOKEN', 'theirs');
  vi.stubEnv('TELEGRAM_TOKEN_FILE', 'theirs');
  vi.stubEnv('REDIS_URL', 'redis://theirs');
  vi.stubEnv('MODEL_DIR', 'theirs');
  const provide = vi.fn();
  takeAway({ provide });
  const { DISCORD_TOKEN, TELEGRAM_TOKEN_FILE, REDIS_URL, MODEL_DIR } = process.env;
  expect({ DISCORD_TOKEN, TELEGRAM_TOKEN_FILE, REDIS_URL, MODEL_DIR }).toEqual({ MODEL_DIR: 'theirs' });
  expect(provide).toHaveBeenCalledWith('givenServers', expect.objectContaining({ redis: 'redis://theirs' }));
  vi.unstubAllEnvs();
});

test('was done before this run', () => expect(inject('givenServers')).toBeDefined());
