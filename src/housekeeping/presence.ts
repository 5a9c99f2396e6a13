import type { Presence } from '../chat/courier.ts';
import { SEEN_TWICE_MS } from '../consent/sweep.ts';
import type { Place } from '../consent/who.ts';
import { Failure } from '../failure.ts';
import { shelf } from '../queue/sealed-shelf.ts';
import { keyedHash } from '../secrets/hash.ts';
import type { Kept } from './parts.ts';

/** What sweeps have found out about the bot in a group. */
interface Seen {
  /** The bot's account that was in the group. */
  readonly bot: string;
  /** When the platform first said that this account has left, milliseconds since 1970. */
  readonly goneAt?: number;
}

/** A note expires after this time, unless a sweep renews it because the bot is in the group. */
const SEEN_MS = 90 * 86_400_000;

/**
 * Whether the bot was removed from the place while nobody noticed. Two conditions must hold. An
 * earlier sweep has seen the same account in the place, so that a bot with a wrong token erases
 * nobody. And the platform has said at two sweeps, a day apart, that the account is not there, and
 * at no sweep in between that it is.
 */
export async function isGone(parts: Kept, place: Place): Promise<boolean> {
  const presence = await parts.flow.couriers[place.platform]?.presence?.(place);
  if (!presence) return false;
  try {
    return await judge(parts, place, presence);
  } catch (error) {
    // If the shelf is full or cannot be reached, the place is left as it is until the next sweep.
    if (!(error instanceof Failure)) throw error;
    parts.flow.log.warn('presence not noted', { code: error.code });
    return false;
  }
}

async function judge({ flow, stores }: Kept, place: Place, { is, bot }: Presence): Promise<boolean> {
  const id = idOf(flow, place);
  const now = flow.now();
  const noted = shelf<Seen>(stores.pending, flow.keys, 'presence');
  const remember = (value: Seen) => noted.put({ id, owner: '', value, expiresAt: now + SEEN_MS });
  if (is === 'there') {
    await remember({ bot });
    return false;
  }
  const seen = (await noted.read(id))?.value();
  if (seen?.bot !== bot) return false;
  if (seen.goneAt === undefined) await remember({ bot, goneAt: now });
  return seen.goneAt !== undefined && now - seen.goneAt >= SEEN_TWICE_MS;
}

/** Drops the note that {@link isGone} keeps about a place. */
export async function forgetPresence({ flow, stores }: Kept, place: Place): Promise<void> {
  await stores.pending.drop('presence', idOf(flow, place));
}

function idOf({ keys }: Kept['flow'], { platform, id }: Place): string {
  return keyedHash(keys.lookup, 'presence', platform, id);
}
