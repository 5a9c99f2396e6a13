import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { openMetrics } from '../../src/metrics/metrics.ts';

const ROOT = join(import.meta.dirname, '../..');
const FOLDER = join(ROOT, 'infra/monitoring');

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly runbook: string };
}

const { groups } = parse(readFileSync(join(FOLDER, 'alerts.yml'), 'utf8')) as { groups: { rules: Rule[] }[] };
const rules = groups.flatMap((group) => group.rules);

/** The names of all series that /metrics can have. */
async function metricNames(): Promise<Set<string>> {
  const metrics = openMetrics();
  const none = () => new Map<string, boolean>();
  metrics.watch({
    parts: none,
    platforms: none,
    pulseAgeMs: () => 0,
    erasures: async () => ({ count: 0, oldestMs: 0 }),
  });
  const names = [...(await metrics.text()).matchAll(/^# TYPE (\S+) (\S+)$/gm)].flatMap(([, name = '', type]) =>
    type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
  );
  // Prometheus itself makes the series `up` for each of its targets.
  return new Set([...names, 'up']);
}

describe('the alert rules', () => {
  it('ask for nothing that /metrics does not have', async () => {
    const known = await metricNames();
    const asked = rules.flatMap(({ expr }) =>
      [...expr.matchAll(/\b(?:facefinder|process)_\w+|\bup\b/g)].map(([name]) => name),
    );
    expect(asked.length).toBeGreaterThanOrEqual(rules.length);
    expect(asked.filter((name) => !known.has(name))).toEqual([]);
  });

  it('have an entry each in the runbook, which has no other', () => {
    const runbook = readFileSync(join(ROOT, 'docs/runbook.md'), 'utf8');
    const entries = [...runbook.matchAll(/^### (\w+)$/gm)].map(([, name]) => name);
    expect(entries).toEqual(rules.map(({ alert }) => alert));
    for (const { alert, annotations } of rules) {
      expect(annotations.runbook).toBe(`docs/runbook.md#${alert.toLowerCase()}`);
    }
  });

  it('say how bad it is, and what is wrong', () => {
    for (const { labels, annotations } of rules) {
      expect(['critical', 'warning']).toContain(labels.severity);
      expect(annotations.summary).not.toBe('');
    }
  });
});

/** Whether Prometheus' own tool is here. Under CI=true a missing one is an error. */
function hasPromtool(): boolean {
  try {
    execFileSync('promtool', ['--version'], { stdio: 'pipe' });
    return true;
  } catch (cause) {
    if (process.env.CI === 'true') throw new Error('promtool is needed under CI=true: install prometheus', { cause });
    console.error(
      '\n*** NOT TESTED: what the alert rules do, because promtool is not installed (Debian: prometheus)\n',
    );
    return false;
  }
}

describe.skipIf(!hasPromtool())('to Prometheus', () => {
  const promtool = (...args: string[]) =>
    execFileSync('promtool', args, { cwd: FOLDER, encoding: 'utf8', stdio: 'pipe' });

  it('the rules and the example of a configuration are well-formed', () => {
    expect(promtool('check', 'rules', 'alerts.yml')).toContain(`SUCCESS: ${rules.length} rules found`);
    expect(promtool('check', 'config', '--syntax-only', 'prometheus.yml')).toContain('SUCCESS');
  });

  it('each alert fires on what it is for, and none while all is well', () => {
    expect(promtool('test', 'rules', 'alerts.test.yml')).toContain('SUCCESS');
  });
});
