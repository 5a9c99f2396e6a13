import type { Turn } from '../src/chat/command.ts';
import type { Where } from '../src/chat/erasure/task.ts';
import { PARKED_MS } from '../src/chat/parked.ts';
import type { Reply } from '../src/chat/reply.ts';
import { Failure } from '../src/failure.ts';
import type { Declared } from './declared.ts';
import type { Tools } from './tools.ts';

/** /forget: one confirmation, then erased here or everywhere, with a receipt for each group. */
export const forget = {
  name: 'forget',
  kind: 'anywhere',
  isPersonal: true,
  async run(tools, turn) {
    const { ask, words } = turn;
    if (ask.choice === 'cancel') return [{ kind: 'info', text: words.forget.kept }];
    const where = chosen(ask);
    if (!where) return [await confirm(tools, turn)];
    const replies = await tools.eraser.erase(ask.person, where, 'asked', ask);
    return replies.length > 0 ? replies : [{ kind: 'info', text: words.forget.nothing }];
  },
} satisfies Declared;

/** Undefined until one of the offers was chosen: nothing else erases anybody. */
function chosen({ choice, place }: Turn['ask']): Where | undefined {
  if (choice === 'everywhere') return 'everywhere';
  return choice === 'here' ? place : undefined;
}

async function confirm(tools: Tools, { ask, words }: Turn): Promise<Reply> {
  const { isHere, isElsewhere } = await whereHeld(tools, ask);
  if (!isHere && !isElsewhere) {
    await tools.eraser.withdraw(ask.person, ask);
    return { kind: 'info', text: words.forget.nothing };
  }
  const id = await tools.parked.park(ask, { for: 'choice' }, PARKED_MS);
  const here = { id: `${id}:here`, label: words.forget.here, role: 'confirm' } as const;
  const everywhere = { id: `${id}:everywhere`, label: words.forget.everywhere, role: 'confirm' } as const;
  const cancel = { id: `${id}:cancel`, label: words.forget.cancel, role: 'cancel' } as const;
  const offers = [...(isHere ? [here] : []), ...(isElsewhere ? [everywhere] : [])];
  return { kind: 'confirm', text: words.forget.ask, actions: [...offers, cancel] };
}

/** Where something is held; a store that cannot be asked now must not keep anybody from leaving. */
async function whereHeld({ gallery }: Tools, { person, place }: Turn['ask']) {
  try {
    const here = place && (await gallery.scopeOf(place));
    const held = (await gallery.scopesOf(person)).map(({ scope }) => scope);
    return { isHere: held.some((scope) => scope === here), isElsewhere: held.some((scope) => scope !== here) };
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'unavailable') throw error;
    return { isHere: place !== undefined, isElsewhere: true };
  }
}
