import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FAILURES } from '../../src/failure.ts';
import { samples } from '../bots/telegram/photos.ts';
import { type Program, runProgram } from '../e2e/program.ts';

const text = await readFile(new URL('../../docs/http.md', import.meta.url), 'utf8');

let folder: string;
let program: Program;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'facefinder-http-'));
  const { ann, group } = await samples();
  await writeFile(join(folder, 'selfie.jpg'), ann);
  await writeFile(join(folder, 'photo.jpg'), group);
  program = await runProgram({ dataDir: join(folder, 'data') });
});
afterAll(async () => {
  await program[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

/** The commands of the document, in their order. */
const commands = [...text.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block = '']) => block.trim().split('\n'));

/** The rows of the table of replies: the text for each kind. */
const kinds = new Map(
  [...text.matchAll(/^\| `(\w+)` \| (.*) \|$/gm)].map(([, kind = '', fields = '']) => [kind, fields]),
);

/** Fields of these replies that the document lacks where it names their kind. */
function untold(replies: readonly Record<string, unknown>[]): string[] {
  return replies.flatMap(({ kind, text: _, ...fields }) =>
    Object.keys(fields)
      .filter((field) => !new RegExp(`\\b${field}\\b`).test(kinds.get(String(kind)) ?? ''))
      .map((field) => `${field} of ${kind}`),
  );
}

/**
 * Runs a command of the document in a shell, in which the document's first line has set `url`.
 * Gives the replies, or the output that is no JSON.
 */
async function answerTo(command: string, env: NodeJS.ProcessEnv = {}) {
  const here = { PATH: process.env.PATH, url: program.url, ...env };
  const { stdout } = await promisify(execFile)('sh', ['-c', command], { cwd: folder, env: here });
  return stdout.startsWith('{') ? JSON.parse(stdout).replies : stdout.trim();
}

test('every command of docs/http.md does what the document says', async () => {
  const [address, help, enroll, press, find, again, healthy, ready, ...others] = commands;
  expect(address).toBe('url=http://127.0.0.1:8080');
  expect(others).toEqual([]);
  expect(await answerTo(help ?? '')).toMatchObject([{ kind: 'info' }]);

  const [notice] = await answerTo(enroll ?? '');
  expect(notice).toMatchObject({ kind: 'consent', notice: { hash: expect.any(String) } });
  const agree = notice.actions.find(({ role }: { role: string }) => role === 'agree');
  expect(await answerTo(press ?? '', { action: agree.id })).toMatchObject([
    { kind: 'enrolled', templates: 1 },
    { kind: 'receipt', of: 'consent', group: 'Test' },
  ]);

  const [asked] = await answerTo(find ?? '');
  const search = asked.actions.find(({ role }: { role: string }) => role === 'agree');
  const [result] = await answerTo(press ?? '', { action: search.id });
  const picture = await fetch(result.picture);
  expect(picture.headers.get('content-type')).toBe('image/jpeg');
  const named = result.faces.flatMap(({ matches }: { matches: { name?: string }[] }) => matches);
  expect(named).toContainEqual(
    expect.objectContaining({
      name: 'Ann',
      verdict: 'match',
      distance: expect.any(Number),
      chance: expect.any(Number),
    }),
  );

  expect(await answerTo(again ?? '')).toMatchObject([{ kind: 'result' }]);

  const forget = (help ?? '').replace('/help', '/forget');
  const [confirm] = await answerTo(forget);
  const [receipt] = await answerTo(press ?? '', { action: confirm.actions[0].id });
  const [error] = await answerTo((help ?? '').replace('/help', '/find'));
  expect([confirm, receipt, error].map(({ kind }) => kind)).toEqual(['confirm', 'receipt', 'error']);
  expect(untold([notice, asked, result, confirm, receipt, error])).toEqual([]);

  expect([await answerTo(healthy ?? ''), await answerTo(ready ?? '')]).toEqual([
    expect.stringMatching(/^ok/),
    expect.stringMatching(/^ready/),
  ]);
});

test('its list of codes is the program’s', () => {
  const [, list = ''] = /of one of these codes:\n\n([\s\S]*?)\n\n/.exec(text) ?? [];
  expect([...list.matchAll(/`(\w+)`/g)].map(([, code]) => code)).toEqual(Object.keys(FAILURES));
});
