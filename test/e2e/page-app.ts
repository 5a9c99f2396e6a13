import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { start } from '../../src/app.ts';
import type { WireReply } from '../../src/bots/page/render.ts';
import { readConfig } from '../../src/config.ts';
import { openLog } from '../../src/log.ts';

const DEMO = join(dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json')), 'demo');

/** A photograph of several people, by its number. */
export const photo = (number: number): string => join(DEMO, `sample${number}.jpg`);

/** One woman of photo 1, who is also in photo 3, from another day. */
export const selfie = (): Promise<Buffer> => cut(photo(1), 1370, 110, 420, 440);

/** One woman of photo 6. */
export const otherSelfie = (): Promise<Buffer> => cut(photo(6), 1070, 190, 390, 500);

function cut(file: string, left: number, top: number, width: number, height: number): Promise<Buffer> {
  return sharp(file).extract({ left, top, width, height }).jpeg({ quality: 95 }).toBuffer();
}

export interface RunningApp extends AsyncDisposable {
  readonly url: string;
  readonly dataDir: string;
  /** Restarts the app over the same data, on another port. */
  restart(): Promise<RunningApp>;
}

/** The whole app, embedded, with its page on a free port, like `npm start`. */
export async function runApp(dataDir?: string, { workers = 1 } = {}): Promise<RunningApp> {
  const folder = dataDir ?? (await mkdtemp(join(tmpdir(), 'facefinder-page-')));
  const env = {
    DATA_DIR: folder,
    PLAYGROUND_PORT: '0',
    WORKERS: String(workers),
    LOG_LEVEL: 'silent',
    CONTACT: 'faces@example.org',
  };
  const app = await start(readConfig(env, folder), openLog('silent'));
  if (!app.url) throw new Error('the app has no page');
  return {
    url: app.url,
    dataDir: folder,
    async restart() {
      await app.stop();
      return await runApp(folder, { workers });
    },
    async [Symbol.asyncDispose]() {
      await app.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/**
 * A person who uses the page's HTTP interface like a program. The replies leave out the receipt of
 * consent that comes with a person's first answer.
 */
export interface Visitor {
  say(text: string, ...photos: readonly Uint8Array[]): Promise<WireReply[]>;
  /** Presses a button by its id. */
  press(action: string): Promise<WireReply[]>;
  /** Sends a message and agrees to the notice. */
  agree(text: string, ...photos: readonly Uint8Array[]): Promise<WireReply[]>;
}

export function visitor(url: string, user: string, scope?: string): Visitor {
  const speaker = { user, name: user, ...(scope && { scope }) };
  const send = async (path: string, init: RequestInit): Promise<WireReply[]> => {
    const response = await fetch(url + path, { method: 'POST', ...init });
    if (response.status !== 200) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    const { replies } = (await response.json()) as { replies: WireReply[] };
    return replies.filter((reply) => reply.kind !== 'receipt' || reply.of === 'erasure');
  };
  const say = (text: string, ...photos: readonly Uint8Array[]) => {
    const body = new FormData();
    for (const [name, value] of Object.entries({ ...speaker, text })) body.append(name, value);
    for (const bytes of photos) body.append('photo', new Blob([new Uint8Array(bytes)]), 'photo.jpg');
    return send('/api/messages', { body });
  };
  const press = (action: string) =>
    send('/api/actions', {
      body: JSON.stringify({ user, ...(scope && { scope }), action }),
      headers: { 'content-type': 'application/json' },
    });
  return {
    say,
    press,
    agree: async (text, ...photos) => press(buttonOf(await say(text, ...photos), 'agree')),
  };
}

/**
 * The id of the first button of a role.
 * @throws when there is none
 */
export function buttonOf(replies: readonly WireReply[], role: string): string {
  for (const reply of replies) {
    const action = 'actions' in reply ? reply.actions?.find((each) => each.role === role) : undefined;
    if (action) return action.id;
  }
  throw new Error(`no button to ${role} in ${JSON.stringify(replies)}`);
}
