import { COMMANDS } from '../../../commands/index.ts';
import { listenPage } from '../../../src/bots/page/listener.ts';
import type { PageParts } from '../../../src/bots/page/parts.ts';
import type { WireReply } from '../../../src/bots/page/render.ts';
import { type PageState, pageState } from '../../../src/bots/page/state.ts';
import type { Ask, Press } from '../../../src/chat/ask.ts';
import type { Chat } from '../../../src/chat/chat.ts';
import type { Reply } from '../../../src/chat/reply.ts';
import type { Consent } from '../../../src/consent/consent.ts';
import { openHealth } from '../../../src/health/health.ts';
import { probes } from '../../../src/health/probes.ts';
import type { Log } from '../../../src/log.ts';

/** Gives the chat's answer to an ask or press. If it throws, the chat fails. */
type Answer = (update: Ask | Press, state: PageState) => readonly Reply[] | Promise<readonly Reply[]>;

export interface OpenPage extends AsyncDisposable {
  readonly url: string;
  readonly state: PageState;
  readonly asks: readonly Ask[];
  readonly presses: readonly Press[];
}

const silent: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** Stands for the consent that a courier wants to see before it fetches a photo. */
export const consent = {} as Consent;

/** The page's real listener on a free port, over a chat that gives these answers. */
export async function openPage(answer: Answer, parts: Partial<PageParts> = {}): Promise<OpenPage> {
  const state = pageState();
  const asks: Ask[] = [];
  const presses: Press[] = [];
  const hand = async (update: Ask | Press) =>
    void (await state.courier.answer(update.address, await answer(update, state)));
  const chat: Chat = {
    ask: (ask) => hand(asks[asks.push(ask) - 1] ?? ask),
    press: (press) => hand(presses[presses.push(press) - 1] ?? press),
    note: async () => {},
    drop: async () => {},
    refusal: async () => undefined,
    onlyPlace: async () => undefined,
    enrolsAt: async () => undefined,
    invitation: async () => ({ text: 'Join.', label: 'Enrol me', locale: 'en' }),
    notice: async () => ({ version: 1, hash: '', retentionDays: 365, text: '' }),
    park: async () => {},
    goOn: async () => {},
    left: async () => {},
    removed: async () => {},
    moved: async () => {},
    deleteShown: async () => 'not_yours',
  };
  const page = await listenPage({
    port: 0,
    state,
    chat,
    commands: COMMANDS,
    log: silent,
    scale: undefined,
    onNotMe: () => {},
    probes: probes(openHealth({ log: silent })),
    ...parts,
  });
  return { url: page.url, state, asks, presses, [Symbol.asyncDispose]: page.close };
}

/** A multipart message as a program sends it. */
export function message(fields: Record<string, string>, photos: readonly Uint8Array[] = []): RequestInit {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  for (const photo of photos) body.append('photo', new Blob([new Uint8Array(photo)]), 'photo.jpg');
  return { method: 'POST', body };
}

/** A press as a program sends it. */
export function press(fields: Record<string, string>): RequestInit {
  return { method: 'POST', body: JSON.stringify(fields), headers: { 'content-type': 'application/json' } };
}

/** The uploads that an ask's photos name. */
export function uploadsOf(ask: Ask | undefined): string[] {
  return (ask?.photos ?? []).map((photo) => String(photo.upload));
}

/** A body of the interface: an answer has `id` and `replies`, a refusal has only `error`. */
interface Body {
  readonly id: string;
  readonly replies: readonly WireReply[];
  readonly error: { readonly code: string; readonly message: string };
}

/** Sends a request of the interface, and gives its status and body. */
export async function post(url: string, init: RequestInit, headers: Record<string, string> = {}) {
  const response = await fetch(url, { ...init, headers: { ...(init.headers as Record<string, string>), ...headers } });
  return { status: response.status, body: (await response.json()) as Body };
}
