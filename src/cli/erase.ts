import { parseArgs } from 'node:util';
import { withHouse } from '../app/operate.ts';
import { readConfig } from '../config.ts';
import { openLog } from '../log.ts';
import { personFrom, placeFrom } from './identity.ts';
import { UsageError, type Verb } from './verb.ts';

/** `facefinder erase`: what /forget does, at the operator's hand. It also decides a dispute: the other entry is found again. */
export const erase: Verb = {
  name: 'erase',
  summary: 'Erase a person, everywhere or in one group, and print the receipts',
  usage: `facefinder erase --person <platform>:<id> [--scope <platform>:<id>]

  --person  page:alice, discord:<user id> or telegram:<user id>
  --scope   the group: page:local, discord:<server id> or telegram:<chat id>; without it, all groups

Prints one signed receipt per group in which something was held. Of two people in a dispute, erase the one
who is not the face's owner: the other is found again.`,
  async run(args, io) {
    const { values } = parseArgs({ args, options: { person: { type: 'string' }, scope: { type: 'string' } } });
    if (values.person === undefined) throw new UsageError('--person is missing');
    const person = personFrom(values.person);
    const config = readConfig(io.env);
    return await withHouse(config, openLog(config.logLevel), async ({ flow }) => {
      const where = values.scope === undefined ? 'everywhere' : placeFrom(values.scope);
      const replies = await flow.eraser.erase(person, where, 'operator');
      if (replies.length === 0) io.err('Nothing is held about this person there: nothing was erased.');
      for (const reply of replies) io.out(reply.kind === 'receipt' ? reply.receipt : reply.text);
      return replies.every((reply) => reply.kind === 'receipt') ? 0 : 1;
    });
  },
};
