import type { GroupRules } from '../../consent/settings.ts';
import type { Place } from '../../consent/who.ts';
import { listed } from '../../text/figures.ts';
import { wordsFor } from '../../text/words.ts';
import type { Ask } from '../ask.ts';
import type { Courier } from '../courier.ts';
import type { Reply } from '../reply.ts';
import { groupName } from './group-name.ts';

/**
 * The answer to a search in a channel where the admins of the group allow none; undefined where a
 * search is allowed. It is allowed in private, because nobody else reads the answer there.
 */
export function notHere(courier: Courier, ask: Ask, place: Place, { channels }: GroupRules): Reply | undefined {
  const { channel, locale } = ask;
  if (channels === undefined || channel === undefined || channels.includes(channel)) return undefined;
  const where = linked(channels, (one) => courier.channelLink?.(place, one), locale);
  const words = wordsFor(locale);
  const text = words.settings.elsewhere({ group: groupName(words, place), where });
  return { kind: 'error', code: 'not_allowed', text };
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
