import { groupName } from '../src/chat/group/group-name.ts';
import type { Declared } from './declared.ts';

/**
 * /invite: shows the whole group what facefinder does, with a button by which each member enrols.
 */
export const invite = {
  name: 'invite',
  kind: 'admins',
  async run(tools, { ask, words, place }) {
    const outcome = await tools.invite(ask, place);
    return [{ kind: 'info', text: words.invite[outcome]({ group: groupName(words, place) }) }];
  },
} satisfies Declared;
