import type { Chat } from './chat.ts';
import { dispatch } from './dispatch.ts';
import type { Flow } from './flow.ts';
import { press } from './press.ts';

/** The chat that listeners talk to, over the parts of `flow`. */
export function openChat(flow: Flow): Chat {
  return {
    ask: (ask) => dispatch(flow, ask),
    press: (pressed) => press(flow, pressed),
    park: (ask, ttlMs) => flow.parked.park(ask, { for: 'opening' }, ttlMs),
    async left(place, person) {
      await flow.eraser.erase(person, place, 'left');
    },
    async removed(place) {
      const scope = await flow.gallery.scopeOf(place);
      if (!scope) return;
      const people = (await flow.gallery.people(scope)).map(({ person }) => ({ person, reason: 'removed' as const }));
      await flow.eraser.eraseAll(people, place);
      if ((await flow.gallery.people(scope)).length === 0) await flow.gallery.dropScope(scope);
    },
    moved: (from, to) => flow.gallery.movePlace(from, to),
  };
}
