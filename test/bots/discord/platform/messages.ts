import { LOCALES, wordsFor } from '../../../../src/text/words.ts';
import { type Api, found, type Recorded, type Reply, refused } from './api.ts';
import { type Exchange, named, shownFrom } from './exchange.ts';
import { messageJson, shownJson } from './interaction.ts';
import { EPHEMERAL, ROW, textOf } from './reading.ts';
import type { Shown } from './shown.ts';
import { snowflake } from './world.ts';

/**
 * The kinds of a first answer: a new message, a new message that says "thinking…", and an edit of
 * the message with the pressed button.
 */
const [MESSAGE, THINKING, UPDATE] = [4, 5, 7];

/** How placeholders begin, in every language. */
const LOOKING = LOCALES.map((locale) => wordsFor(locale).find.looking);

/** The message that a request changes; undefined if it changes none. */
export function changedBy({ exchanges }: Api, { method, body }: Recorded, [, token = '']: readonly string[]) {
  const isUpdate = (body as { readonly type?: number }).type === UPDATE;
  return method === 'patch' || isUpdate ? exchanges.get(token)?.original : undefined;
}

/** Takes the first answer to an interaction. Refuses it after `ackMs`, and refuses a second one. */
export async function callback(api: Api, { body }: Recorded, [id, token]: readonly string[]): Promise<Reply> {
  const exchange = api.exchanges.get(token ?? '');
  const afterMs = performance.now() - (exchange?.sentAt ?? 0);
  if (!exchange || exchange.id !== id || afterMs > api.ackMs) return refused(404, 10062);
  if (exchange.ack) return refused(400, 40060);
  const { type, data } = body as { type: number; data?: { flags?: number } };
  exchange.ack = { type, afterMs, ...(data && { data }) };
  const { original } = exchange;
  if (type === THINKING) exchange.original = undefined;
  if (type === MESSAGE) exchange.original = shownFrom(data, [], isEphemeral(data));
  if (type === UPDATE && original) {
    const files = await named(data, [], original);
    exchange.original = { ...shownFrom(data, files, original.isEphemeral, original), id: original.id };
  }
  exchange.changed();
  return { status: 204 };
}

function isEphemeral({ flags = 0 }: { readonly flags?: number | undefined } = {}): boolean {
  return (flags & EPHEMERAL) !== 0;
}

/** Gives `@original`. While it shows nothing, Discord gives an empty message. */
export function look(api: Api, _: Recorded, [, token]: readonly string[]): Reply | Promise<Reply> {
  return withExchange(api, token, ({ original }) => found(shownJson(original ?? shownFrom({}, [], true))));
}

export function edit(api: Api, { body, files }: Recorded, [, token]: readonly string[]): Reply | Promise<Reply> {
  return withExchange(api, token, async (exchange) => {
    const before = exchange.original;
    const attached = await named(body, files, before);
    const isPrivate = before?.isEphemeral ?? isEphemeral(exchange.ack?.data);
    const shown = { ...shownFrom(body, attached, isPrivate, before), id: before?.id ?? snowflake() };
    exchange.original = shown;
    if (isAnswer(shown) && !(before && changesOnlyButtons(before, shown))) exchange.edits += 1;
    exchange.changed();
    return found(shownJson(shown));
  });
}

/** Whether the message is an answer: it has a text, and that is not a placeholder's. */
function isAnswer(shown: Shown): boolean {
  const said = textOf(shown);
  return said !== '' && !LOOKING.some((looking) => said.startsWith(looking));
}

function changesOnlyButtons(before: Shown, after: Shown): boolean {
  const rows = ({ components }: Shown) => JSON.stringify(components.filter(({ type }) => type === ROW));
  const rest = ({ components, attachments }: Shown) =>
    JSON.stringify([components.filter(({ type }) => type !== ROW), attachments.map(({ id }) => id)]);
  return rest(before) === rest(after) && textOf(before) === textOf(after) && rows(before) !== rows(after);
}

export function remove(api: Api, _: Recorded, [, token]: readonly string[]): Reply | Promise<Reply> {
  return withExchange(api, token, (exchange) => {
    takeAway(api, exchange.original?.id);
    exchange.original = undefined;
    exchange.isDeleted = true;
    exchange.changed();
    return { status: 204 };
  });
}

/** Deletes a message beside an answer; false when none has this id. */
export function takeAway({ exchanges }: Api, id: string | undefined): boolean {
  for (const { followUps } of exchanges.values()) {
    const index = followUps.findIndex((shown) => shown.id === id);
    if (index >= 0) return followUps.splice(index, 1).length > 0;
  }
  return false;
}

/**
 * Posts a message in a channel. A second request with the same enforced nonce posts nothing, and
 * gets the first one's message.
 */
export function post({ posted, nonces }: Api, { body }: Recorded): Reply {
  const { nonce, enforce_nonce: isEnforced } = body as { nonce?: string; enforce_nonce?: boolean };
  const key = isEnforced ? nonce : undefined;
  const known = key === undefined ? undefined : nonces.get(key);
  if (known) return found(messageJson(known.id));
  const shown = shownFrom(body, [], false);
  posted.push(shown);
  if (key !== undefined) nonces.set(key, shown);
  return found(messageJson(shown.id));
}

export function followUp(api: Api, { body, files }: Recorded, [, token]: readonly string[]): Reply | Promise<Reply> {
  return withExchange(api, token, async (exchange) => {
    const { flags } = body as { flags?: number };
    const shown = shownFrom(body, await named(body, files), isEphemeral({ flags }));
    exchange.followUps.push(shown);
    exchange.changed();
    return found(messageJson(shown.id));
  });
}

function withExchange(api: Api, token: string | undefined, act: (exchange: Exchange) => Promise<Reply> | Reply) {
  const exchange = api.exchanges.get(token ?? '');
  if (!exchange) return refused(404, 10015);
  if (exchange.isExpired) return refused(401, 50027);
  if (!exchange.ack) return refused(404, 10015);
  if (exchange.isDeleted) return refused(404, 10008);
  return act(exchange);
}
