import type { Presence } from '../chat/courier.ts';
import { SEEN_TWICE_MS } from '../consent/sweep.ts';
import type { Place } from '../consent/who.ts';
import { Failure } from '../failure.ts';
import { shelf } from '../queue/sealed-shelf.ts';
import { keyedHash } from '../secrets/hash.ts';
import type { Kept } from './parts.ts';

/** What a group's last sweeps saw. */
interface Seen {
  /** The account that was in the group. */
  readonly bot: string;
  /** When the platform first said that the account has left; milliseconds since 1970. */
  readonly goneAt?: number;
}

/**
 * A note that no sweep renews for this long is forgotten. Mostly the bot has left the group then.
 */
const SEEN_MS = 90 * 86_400_000;

/**
 * Whether the bot was removed from the place without hearing of it. The same account must have been
 * seen there before, so that a wrong token erases nobody. The platform must also have said so
 * twice, a day apart, and nothing else in between.
 */
export async function isGone(parts: Kept, place: Place): Promise<boolean> {
  const presence = await parts.flow.couriers[place.platform]?.presence?.(place);
  if (!presence) return false;
  try {
    return await judge(parts, place, presence);
  } catch (error) {
    // A shelf that is full or away must not stop the rest of the sweep. Tomorrow's sweep asks
    // again.
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

/** Forgets what {@link isGone} remembers of a place. */
export async function forgetPresence({ flow, stores }: Kept, place: Place): Promise<void> {
  await stores.pending.drop('presence', idOf(flow, place));
}

function idOf({ keys }: Kept['flow'], { platform, id }: Place): string {
  return keyedHash(keys.lookup, 'presence', platform, id);
}
