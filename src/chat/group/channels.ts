import type { GroupRules } from '../../consent/settings.ts';
import type { Place } from '../../consent/who.ts';
import { listed } from '../../text/figures.ts';
import { wordsFor } from '../../text/words.ts';
import { atMost } from '../../timing/within.ts';
import type { Ask } from '../ask.ts';
import type { Courier } from '../courier.ts';
import type { Reply } from '../reply.ts';
import { groupName } from './group-name.ts';

/** The longest that an answer waits until a platform says which channels are there. */
const CHANNELS_MS = 2_000;

/**
 * The answer to a search in a channel where the admins of the group allow none; undefined where a
 * search is allowed. It is allowed in private, because nobody else reads the answer there. A group
 * whose channels were switched off has no channel that is allowed.
 */
export async function notHere(
  courier: Courier,
  ask: Ask,
  place: Place,
  { channels }: GroupRules,
): Promise<Reply | undefined> {
  const { channel, locale } = ask;
  if (channels === undefined || channel === undefined || channels.includes(channel)) return undefined;
  const there = await channelsThere(courier, place, channels);
  const where = linked(there, (one) => courier.channelLink?.(place, one), locale);
  const words = wordsFor(locale);
  const text = words.settings.elsewhere({ some: there.length > 0, group: groupName(words, place), where });
  return { kind: 'error', code: 'not_allowed', text };
}

/**
 * Those of these channels that the place has. All of them when its platform does not say in time.
 */
export async function channelsThere(
  courier: Pick<Courier, 'channelsThere'>,
  place: Place,
  channels: readonly string[],
): Promise<readonly string[]> {
  const there = courier.channelsThere?.(place, channels) ?? Promise.resolve(undefined);
  return (await atMost(CHANNELS_MS, there)) ?? channels;
}

/**
 * Whether the result of an ask may be shown to its group. Where the admins allow searches only in
 * some channels, the result of a search in private may not, because it could reach another channel.
 */
export function mayShowToGroup({ channel }: Ask, { showing, channels }: GroupRules): boolean {
  return showing && (channels === undefined || channel !== undefined);
}

/** The channels' links as a list in a sentence, in the language of a BCP 47 locale. */
export function linked(
  channels: readonly string[],
  linkOf: (channel: string) => string | undefined,
  locale: string,
): string {
  return listed(
    locale,
    channels.map((channel) => linkOf(channel) ?? channel),
  );
}
