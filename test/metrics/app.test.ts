import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { photo, selfie, visitor } from '../e2e/page-app.ts';
import { type Program, runProgram } from '../e2e/program.ts';

let dataDir: string;
let program: Program;
let port: number;

/** Starts the real program. A person agrees, enrols and searches on its page. */
beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'facefinder-metrics-'));
  port = 20_000 + Math.floor(Math.random() * 20_000);
  program = await runProgram({ dataDir, env: { METRICS_PORT: String(port) } });
  const ada = visitor(program.url, 'Ada');
  await ada.agree('/enroll', await selfie());
  await ada.agree('/find', await readFile(photo(3)));
  await ada.say('/help');
});
afterAll(async () => {
  await program?.[Symbol.asyncDispose]();
  rmSync(dataDir, { recursive: true, force: true });
});

const text = async () => await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();

/** The value of a series in /metrics; undefined when it is not there. */
async function value(series: string): Promise<number | undefined> {
  const line = (await text()).split('\n').find((candidate) => candidate.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length));
}

describe('after an enrolment and a search', () => {
  it.each(['acknowledge', 'queue', 'fetch', 'decode', 'detect', 'landmarks', 'embed', 'search', 'draw', 'deliver'])(
    'the search’s stage "%s" was measured, under its command',
    async (stage) => {
      expect(await value(`facefinder_ask_stage_seconds_count{command="find",stage="${stage}"}`)).toBe(1);
    },
  );

  it('whole answers were measured, by command', async () => {
    expect(await value('facefinder_answer_seconds_count{command="find"}')).toBe(2);
    expect(await value('facefinder_answer_seconds_count{command="help"}')).toBe(1);
    expect(await value('facefinder_answers_total{command="find",kind="result",code=""}')).toBe(1);
  });

  it.each([
    ['gallery', 'search'],
    ['gallery', 'enrol'],
    ['pending', 'add'],
    ['queue', 'state'],
  ])('the %s’s "%s" was measured', async (store, method) => {
    expect(await value(`facefinder_store_seconds_count{store="${store}",method="${method}"}`)).toBeGreaterThan(0);
    expect(await text()).not.toContain(`facefinder_store_errors_total{store="${store}"`);
  });

  it('counts everything from 0, so that the first time is seen', async () => {
    expect(await value('facefinder_answers_total{command="find",kind="error",code="internal"}')).toBe(0);
    expect(await value('facefinder_dropped_answers_total{reason="late"}')).toBe(0);
    expect(await value('facefinder_child_starts_total{work="see",outcome="failed"}')).toBe(0);
  });

  it('says what runs: version, role, mode and models', async () => {
    expect(await text()).toMatch(
      /facefinder_build_info\{version="\d[\w.-]+",role="all",mode="embedded",pack="[\w@.-]+"\} 1/,
    );
  });

  it('the parts are told, and work', async () => {
    for (const part of ['gallery', 'queue', 'models', 'children', 'workers', 'pulse', 'page', 'start']) {
      await expect.poll(() => value(`facefinder_ready{part="${part}"}`)).toBe(1);
    }
    expect(await value('facefinder_listening{platform="page"}')).toBe(1);
  });

  it('queues, workers and erasures are told', async () => {
    for (const queue of ['jobs', 'page']) {
      expect(await value(`facefinder_queue_workers{queue="${queue}"}`)).toBe(1);
      expect(await value(`facefinder_queue_oldest_seconds{queue="${queue}"}`)).toBe(0);
    }
    expect(await value('facefinder_erasures_pending')).toBe(0);
    expect(await value('facefinder_erasure_oldest_seconds')).toBe(0);
  });

  it('a pulse came back, and has an age', async () => {
    await expect.poll(() => value('facefinder_pulse_seconds_count')).toBeGreaterThan(0);
    expect(await value('facefinder_pulse_age_seconds')).toBeLessThan(35);
  });

  it('processes for photos are counted: one that sees, one that draws', async () => {
    for (const work of ['see', 'draw']) {
      expect(await value(`facefinder_child_starts_total{work="${work}",outcome="started"}`)).toBe(1);
    }
  });

  it('no label is a person, a group or an id', async () => {
    const labels = [...(await text()).matchAll(/facefinder_\w+\{([^}]*)\}/g)].flatMap(([, found = '']) =>
      [...found.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, content]) => ({ name, content })),
    );
    const names = new Set(labels.map(({ name }) => name));
    expect([...names].toSorted()).toEqual(
      ['code', 'command', 'harm', 'kind', 'le', 'method', 'mode', 'outcome', 'pack', 'part', 'platform']
        .concat(['queue', 'reason', 'role', 'stage', 'state', 'store', 'version', 'work'])
        .toSorted(),
    );
    expect(labels.filter(({ content }) => /Ada|local:/.test(content ?? ''))).toEqual([]);
  });
});

describe('the log', () => {
  const lines = () =>
    program
      .output()
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);

  it('begins with what started, and each line says which program wrote it', async () => {
    const started = lines().find(({ msg }) => msg === 'started');
    expect(started).toMatchObject({
      service: 'facefinder',
      role: 'all',
      mode: 'embedded',
      version: expect.any(String),
    });
    expect(started?.parts).toContain('gallery');
    for (const line of lines()) expect(line).toMatchObject({ service: 'facefinder', role: 'all' });
  });

  it('has one line for each answered ask: command, outcome and milliseconds, and nobody’s name', () => {
    const answered = lines().filter(({ msg }) => msg === 'answered');
    expect(answered.map(({ command, outcome }) => [command, outcome])).toEqual([
      ['enroll', 'consent'],
      ['enroll', 'enrolled'],
      ['find', 'consent'],
      ['find', 'result'],
      ['help', 'info'],
    ]);
    for (const line of answered) {
      expect(line.ms).toBeGreaterThanOrEqual(0);
      expect(JSON.stringify(line)).not.toContain('Ada');
    }
  });
});
