import type { Ask, Press } from './ask.ts';
import type { Chat } from './chat.ts';
import { dispatch } from './dispatch.ts';
import { eraseGroup } from './erasure/group.ts';
import type { Flow } from './flow.ts';
import { moveGroup } from './move.ts';
import { press } from './press.ts';

/** The chat that listeners talk to, over the parts of `flow`. Listeners know this machine's clock; behind them there is one for all. */
export function openChat(flow: Flow): Chat {
  const timed = <T extends Ask | Press>(one: T): T => ({ ...one, deadline: one.deadline - flow.aheadMs() });
  const heard = (ask: Ask): Ask => ({ ...flow.sentPhotos.known(timed(ask)), sentInside: ask.place !== undefined });
  return {
    ask: (ask) => dispatch(flow, heard(ask)),
    press: (pressed) => press(flow, timed(pressed)),
    park: (ask, ttlMs) => flow.parked.park(heard(ask), { for: 'opening' }, ttlMs),
    deleteShown: flow.shown.delete,
    async left(place, person) {
      await flow.eraser.erase(person, place, 'left');
    },
    removed: (place) => eraseGroup(flow, place),
    moved: (from, to) => moveGroup(flow, from, to),
  };
}
