import { randomUUID } from 'node:crypto';
import type { Context } from 'hono';
import { z } from 'zod';
import type { Press } from '../../chat/ask.ts';
import { failureReply } from '../../chat/failure.ts';
import type { Reply } from '../../chat/reply.ts';
import { type Person, type Place, personNamed, placeTitled } from '../../consent/who.ts';
import { browserWordsFor, wordsFor } from '../../text/words.ts';
import { localeOf } from './locale.ts';
import type { PageParts } from './parts.ts';
import { buttonsOf, renderReply } from './render.ts';

const Label = z
  .string()
  .trim()
  .max(64)
  .regex(/^\P{Cc}*$/u);

/** The id of the group that people are in at first. */
const DEFAULT_GROUP = 'local';

/** The fields that messages and presses share: the speaker and their group. */
export const Speaker = z.object({
  user: Label.min(1),
  name: Label.optional(),
  scope: Label.default(DEFAULT_GROUP).transform((scope) => scope || DEFAULT_GROUP),
});

/** On the page everybody is who they claim to be, because only this machine reaches it. */
export function personOf({ user, name }: z.infer<typeof Speaker>): Person {
  return personNamed('page', user, name, user);
}

/** The speaker's group. The one that people are in at first has a title in their language. */
export function placeOf(c: Context, { scope }: z.infer<typeof Speaker>): Place {
  const { defaultGroup } = browserWordsFor(localeOf(c.req.header('accept-language')));
  return placeTitled('page', scope, scope === DEFAULT_GROUP ? defaultGroup : scope);
}

/** What an ask and a press have in common. */
export type Envelope = Pick<Press, 'id' | 'person' | 'place' | 'locale' | 'address' | 'deadline' | 'askedAt'>;

/** How long an answer may take. Ten slow photos on a busy machine take less. */
export const REQUEST_MS = 4 * 60_000;

/**
 * Passes on an ask or press, waits for its answer, and gives that as the HTTP response. `uploads`
 * are the names of its photos. After the answer the photos are dropped, unless a button of the
 * answer may need them.
 */
export async function converse(
  c: Context,
  { state, scale, log }: PageParts,
  { person, place, uploads }: { readonly person: Person; readonly place: Place; readonly uploads: readonly string[] },
  hand: (envelope: Envelope) => Promise<void>,
): Promise<Response> {
  const id = randomUUID();
  const locale = localeOf(c.req.header('accept-language'));
  const askedAt = Date.now();
  const deadline = askedAt + REQUEST_MS;
  const address = { platform: 'page', request: id } as const;
  const leave = () => state.requests.abandon(id);
  c.req.raw.signal.addEventListener('abort', leave);

  let replies: readonly Reply[];
  try {
    [replies] = await Promise.all([
      state.requests.wait(id, deadline),
      hand({ id, person, place, locale, address, deadline, askedAt }),
    ]);
  } catch (error) {
    replies = [failureReply(error, wordsFor(locale), log)];
  } finally {
    leave();
  }
  state.uploads.settle(uploads, replies.flatMap(buttonsOf));

  const keepPicture = (jpeg: Uint8Array) => {
    const name = state.pictures.add(person.id, jpeg);
    return name && `http://${c.req.header('host')}/pictures/${name}`;
  };
  return c.json({ id, replies: replies.map((reply) => renderReply(reply, locale, keepPicture, scale)) });
}
