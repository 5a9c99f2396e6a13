import type { ScopeId } from '../../consent/who.ts';
import { Failure } from '../../failure.ts';
import type { Gallery } from '../../gallery/gallery.ts';
import { errorFields, type Log } from '../../log.ts';
import type { Ask } from '../ask.ts';
import type { Post, Showing } from '../courier.ts';
import type { Reply } from '../reply.ts';
import type { ShownResults } from './shown.ts';

interface Parts {
  readonly gallery: Pick<Gallery, 'scopeOf' | 'standing'>;
  readonly shown: ShownResults;
  readonly log: Log;
}

/** How to show an ask's answer to its group; undefined when the group is not to see it. */
export function showingOf(flow: Parts, ask: Ask, replies: readonly Reply[]): Showing | undefined {
  const { place, person } = ask;
  if (ask.choice !== 'show' || !place) return undefined;
  const named = replies.flatMap((reply) => (reply.kind === 'result' && reply.shows) || []);
  const scopeNow = async (): Promise<ScopeId> => {
    const scope = await flow.gallery.scopeOf(place);
    if (!scope) throw new Failure('expired');
    return scope;
  };
  /**
   * Deletes the result for people who were erased while it was being posted, so that nothing that
   * stays names them.
   */
  const leaveOutErased = async () => {
    const scope = await scopeNow();
    for (const one of [...named, person]) {
      const { agreed } = await flow.gallery.standing(scope, one);
      const isThere = agreed.enrol ?? (one === person && agreed.search);
      if (!isThere) await flow.shown.takeBack(scope, one);
    }
  };
  return {
    begin: async () => await flow.shown.begin(await scopeNow(), ask.id, { named, asker: person }),
    async end(post: Post | undefined) {
      const outcome = await flow.shown.end(ask.id, post);
      if (outcome === 'gone' || !post) return outcome;
      try {
        await leaveOutErased();
        return (await flow.shown.isThere(post)) ? 'stays' : 'gone';
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        // Nobody can tell whether the result names somebody who was erased. So it is deleted.
        flow.log.warn('shown result not checked', errorFields(error));
        return await flow.shown.remove(post);
      }
    },
  };
}
