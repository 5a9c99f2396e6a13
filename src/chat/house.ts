import type { Chat } from './chat.ts';
import { dispatch } from './dispatch.ts';
import { eraseGroup } from './erasure/group.ts';
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
    removed: (place) => eraseGroup(flow, place),
    moved: (from, to) => flow.gallery.movePlace(from, to),
  };
}
