import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';

const renovate = JSON.parse(await readFile(new URL('../../renovate.json', import.meta.url), 'utf8'));

test('updates are asked for when they are two weeks old, and at once against a known weakness', () => {
  expect(renovate.minimumReleaseAge).toBe('14 days');
  expect(renovate.vulnerabilityAlerts).toEqual({ minimumReleaseAge: null });
  const ages = renovate.packageRules.flatMap((rule: Record<string, unknown>) => rule.minimumReleaseAge ?? []);
  expect(ages).toEqual([]);
});
