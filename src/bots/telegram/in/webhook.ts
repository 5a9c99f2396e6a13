import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Update } from 'grammy/types';
import { errorFields, type Log } from '../../../log.ts';
import { SERVER } from '../../../port.ts';
import { atMost } from '../../../timing/within.ts';
import { STOP_MS } from './updates.ts';

const MAX_BODY_BYTES = 1_000_000;

type Take = (update: Update) => Promise<void>;

export interface WebhookServer extends AsyncDisposable {
  readonly port: number;
}

/**
 * Receives Telegram's HTTP requests that have the right secret. It answers 200 once `take` has
 * resolved. It answers 503 when `take` rejects, so that Telegram repeats the update. Until an
 * update is confirmed, Telegram holds back later updates of its chat. So a part of an album, which
 * waits for the other parts, is confirmed at once, and `persist` takes care of it.
 */
export async function serveWebhook(
  { port, secret }: { readonly port: number; readonly secret: string },
  { take, persist, log }: { readonly take: Take; readonly persist: Take; readonly log: Log },
): Promise<WebhookServer> {
  const underWay = new Set<Promise<unknown>>();
  const track = (work: Promise<unknown>) => {
    const tracked = work.finally(() => underWay.delete(tracked));
    underWay.add(tracked);
  };

  async function statusFor(request: IncomingMessage): Promise<number> {
    if (request.method !== 'POST') return 405;
    if (!isSecret(request.headers['x-telegram-bot-api-secret-token'], secret)) return 401;
    const update = await readUpdate(request);
    if (!update) return 400;
    if (update.message?.media_group_id === undefined) await take(update);
    else track(persist(update).catch((error) => log.error('album given up', errorFields(error))));
    return 200;
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const status = await statusFor(request).catch((error) => {
      log.warn('update refused', errorFields(error));
      return 503;
    });
    response.writeHead(status, { 'content-type': 'application/json', ...SERVER }).end('{}');
  }

  const server = createServer((request, response) => track(answer(request, response)));
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      await atMost(STOP_MS, Promise.all(underWay));
      server.closeAllConnections();
      await closed;
    },
  };
}

/**
 * Whether the secret is right. It compares hashes: these have the same length, and the time of the
 * comparison reveals nothing.
 */
function isSecret(given: string | string[] | undefined, secret: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return typeof given === 'string' && timingSafeEqual(hash(given), hash(secret));
}

async function readUpdate(request: IncomingMessage): Promise<Update | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  try {
    const update = JSON.parse(Buffer.concat(chunks).toString()) as Partial<Update> | null;
    return Number.isSafeInteger(update?.update_id) ? (update as Update) : undefined;
  } catch {
    return undefined;
  }
}
