import type { Command, Turn } from '../src/chat/command.ts';
import { PARKED_MS } from '../src/chat/parked.ts';
import type { Reply } from '../src/chat/reply.ts';
import type { ScopeId } from '../src/consent/who.ts';
import type { Tools } from './tools.ts';

/** /forget: one confirmation, then erased here or everywhere, with a receipt for each group. */
export function forget(tools: Tools): Command {
  const { gallery, eraser } = tools;
  return {
    name: 'forget',
    kind: 'anywhere',
    async run(turn): Promise<Reply[]> {
      const { ask, words } = turn;
      const everywhere = (await gallery.scopesOf(ask.person)).map(({ scope }) => scope);
      const here = ask.place && (await gallery.scope(ask.place));
      switch (ask.choice) {
        case 'here':
          return await erase(here ? [here] : []);
        case 'everywhere':
          return await erase(everywhere);
        case 'cancel':
          return [{ kind: 'info', text: words.forget.kept }];
        default:
          return [await confirm(tools, turn, everywhere, here)];
      }

      async function erase(scopes: readonly ScopeId[]): Promise<Reply[]> {
        const replies = await eraser.erase(ask.person, scopes, 'asked', ask);
        return replies.length > 0 ? replies : [{ kind: 'info', text: words.forget.nothing }];
      }
    },
  };
}

async function confirm(
  { parked }: Tools,
  { ask, words }: Turn,
  everywhere: readonly ScopeId[],
  here: ScopeId | undefined,
): Promise<Reply> {
  const isHere = here !== undefined && everywhere.includes(here);
  const elsewhere = everywhere.filter((scope) => scope !== here);
  // Somebody of whom nothing is held may still have photos and parked asks waiting: the erasure drops those too.
  const id = await parked.park(ask, { for: 'choice' }, PARKED_MS);
  const offerHere = { id: `${id}:here`, label: words.forget.here, role: 'confirm' } as const;
  const offerAll = { id: `${id}:everywhere`, label: words.forget.everywhere, role: 'confirm' } as const;
  const cancel = { id: `${id}:cancel`, label: words.forget.cancel, role: 'cancel' } as const;
  const offers = here === undefined ? [offerAll] : elsewhere.length > 0 ? [offerHere, offerAll] : [offerHere];
  if (!isHere && elsewhere.length === 0) return { kind: 'info', text: words.forget.nothing };
  return { kind: 'confirm', text: words.forget.ask, actions: [...offers, cancel] };
}
