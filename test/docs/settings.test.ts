import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { SETTINGS as OF_ADMINS } from '../../commands/settings-offered.ts';
import { SETTINGS } from '../../src/config.ts';
import { composeServices } from '../infra/compose.ts';

const text = await readFile(new URL('../../docs/operate.md', import.meta.url), 'utf8');
const services = await composeServices();

/**
 * Settings that a container does not get: it has no page, brings its models along, and keeps
 * nothing in folders. A bot looks at no photos, so it gets no WORKERS either.
 */
const NOT_GIVEN: Readonly<Record<string, readonly string[]>> = {
  bot: ['DATA_DIR', 'STATE_DIR', 'MODEL_DIR', 'PLAYGROUND_PORT', 'WORKERS'],
  worker: ['DATA_DIR', 'STATE_DIR', 'MODEL_DIR', 'PLAYGROUND_PORT'],
};

test('docs/operate.md lists every setting, and no other', () => {
  const [, section = ''] = /\n## Configuration\n([\s\S]*?)\n## /.exec(text) ?? [];
  const rows = section.split('\n').filter((line) => line.startsWith('| `'));
  const listed = rows.flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, name]) => name));
  expect(listed.toSorted()).toEqual(SETTINGS.toSorted());
});

/** README's words for each setting of a group's admins. */
const SAID: Readonly<Record<(typeof OF_ADMINS)[number], string>> = {
  findBy: 'who may search',
  showing: 'whether results may be shown to the group',
  findsPerHour: 'searches per hour',
  language: 'language',
  retentionDays: 'days',
  enrolProof: 'a gesture when enrolling',
  channels: 'channels',
};

test('README lists every setting of `/settings` in its order, and no other', async () => {
  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
  const [, list = ''] = /^\| `\/settings`[^|]*\| ([^:]*):/m.exec(readme) ?? [];
  expect(list.split(', ')).toEqual(OF_ADMINS.map((setting) => SAID[setting]));
});

describe.each(Object.entries(NOT_GIVEN))('the container of a %s', (name, without) => {
  test.each(SETTINGS.filter((setting) => !without.includes(setting)))('gets %s', (setting) => {
    const given = Object.keys(services[name]?.environment ?? {});
    expect(given.some((variable) => variable === setting || variable === `${setting}_FILE`)).toBe(true);
  });
});
