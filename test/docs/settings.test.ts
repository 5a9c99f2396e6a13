import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { SETTINGS as OF_ADMINS } from '../../commands/settings-offered.ts';
import { SETTINGS } from '../../src/config.ts';
import { composeEnvironments, webhookPorts } from '../infra/compose.ts';

const text = await readFile(new URL('../../docs/operate.md', import.meta.url), 'utf8');
const environments = await composeEnvironments();

/**
 * Settings that a container does not get: it has no page, brings its models along, and keeps
 * nothing in folders. A bot looks at no photos, so it gets no WORKERS either.
 */
const NOT_GIVEN: Readonly<Record<string, readonly string[]>> = {
  bot: ['DATA_DIR', 'STATE_DIR', 'MODEL_DIR', 'PLAYGROUND_PORT', 'WORKERS'],
  worker: ['DATA_DIR', 'STATE_DIR', 'MODEL_DIR', 'PLAYGROUND_PORT'],
};

/** Settings that have one value in all containers, each with the reason. */
const FIXED: Readonly<Record<string, string>> = {
  ROLE: 'each service has its own',
  METRICS_PORT: 'nothing outside reaches it, and the health check and Prometheus ask at this port',
  TELEGRAM_WEBHOOK_PORT: 'the port inside; .env sets the port of the machine that leads to it',
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
  const given = environments[name] ?? {};
  const all = SETTINGS.filter((setting) => !without.includes(setting));

  test.each(all.filter((setting) => !(setting in FIXED)))('gets %s from .env, or as a secret', (setting) => {
    const secret = given[`${setting}_FILE`];
    if (secret === undefined) expect(given[setting]).toMatch(new RegExp(`^\\$\\{${setting}:-[^}]*\\}$`));
    else expect([given[setting], secret]).toEqual([undefined, expect.stringMatching(/^\/run\/secrets\/\w+$/)]);
  });

  test.each(Object.keys(FIXED))('has a %s of its own', (setting) => {
    expect(given[setting]).toMatch(/^\w+$/);
  });
});

test('infra/compose.webhook.yml leads from a port of this machine, which .env sets, to the bot’s', async () => {
  const inside = environments.bot?.TELEGRAM_WEBHOOK_PORT;
  expect(await webhookPorts()).toEqual({ bot: [`127.0.0.1:\${TELEGRAM_WEBHOOK_PORT:-${inside}}:${inside}`] });
});

test('docs/operate.md says where a container listens whatever .env says', () => {
  expect(text).toContain(`| \`METRICS_PORT\` | off; ${environments.bot?.METRICS_PORT} in a container, always |`);
});
