import type { Presence } from '../chat/courier.ts';
import { SEEN_TWICE_MS } from '../consent/sweep.ts';
import type { Place } from '../consent/who.ts';
import { Failure } from '../failure.ts';
import { shelf } from '../queue/sealed-shelf.ts';
import { keyedHash } from '../secrets/hash.ts';
import type { Kept } from './parts.ts';

/** What the last sweeps saw of the bot in a group. */
interface Seen {
  /** The account that was in the group. */
  readonly bot: string;
  /** When the platform first said that this account has left, milliseconds since 1970. */
  readonly goneAt?: number;
}

/**
 * After this long a note expires, unless a sweep renews it. Mostly the bot has left the group then.
 */
const SEEN_MS = 90 * 86_400_000;

/**
 * Whether the bot was removed from the place and did not hear of it. A sweep must have seen the
 * same account there before, so that a wrong token erases nobody. The platform must also have said
 * twice, a day apart, that the bot is gone, and nothing else in between.
 */
export async function isGone(parts: Kept, place: Place): Promise<boolean> {
  const presence = await parts.flow.couriers[place.platform]?.presence?.(place);
  if (!presence) return false;
  try {
    return await judge(parts, place, presence);
  } catch (error) {
    // When the shelf is full or away, the rest of the sweep goes on. Tomorrow's sweep asks again.
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

/** Drops the note of a place that {@link isGone} keeps. */
export async function forgetPresence({ flow, stores }: Kept, place: Place): Promise<void> {
  await stores.pending.drop('presence', idOf(flow, place));
}

function idOf({ keys }: Kept['flow'], { platform, id }: Place): string {
  return keyedHash(keys.lookup, 'presence', platform, id);
}
