import { parseArgs } from 'node:util';
import { withParts } from '../app/parts.ts';
import { exported, heldOf, sentBy, sentExported } from '../chat/rights/dossiers.ts';
import { readConfig } from '../config.ts';
import { PERSONS, personFrom } from './identity.ts';
import { UsageError, type Verb } from './verb.ts';
import { verbLog } from './verb-log.ts';

/**
 * `facefinder export`: gives an operator what /mydata gives a person, and also the numbers of which
 * the person's templates consist.
 */
export const exportVerb: Verb = {
  name: 'export',
  summary: 'Write all that is held about a person, with the numbers of their templates, as JSON',
  usage: `facefinder export --person <platform>:<id>

  --person  ${PERSONS}

Writes a list with one entry per group to standard output: redirect it to a file, and give that to the person alone, by a way
that only they can read. It is biometric data, and it may name who found them. Delete it then: /forget does not reach it.
Each template has the SHA-256 hash (hex) of its numbers as 32-bit floats, little-endian: /mydata shows the same one.`,
  async run(args, io) {
    const { values } = parseArgs({ args, options: { person: { type: 'string' } } });
    if (values.person === undefined) throw new UsageError('--person is missing');
    const person = personFrom(values.person);
    const config = readConfig(io.env);
    return await withParts(config, verbLog(config), async ({ flow, stores: { gallery } }) => {
      const { rules, shown } = flow;
      const parts = { gallery, rules, ledgerHead: gallery.head, receiptsOf: flow.consentReceipts.all, shown };
      const held = await heldOf(parts, person, await gallery.scopesOf(person));
      const sent = await sentBy(flow, person);
      if (held.length + sent.length === 0) {
        io.err('Nothing is held about this person.');
        return 1;
      }
      io.out(
        JSON.stringify(
          [
            ...held.map((one) => exported(one, { with: 'embeddings' })),
            ...sent.map((one) => sentExported(person, one)),
          ],
          undefined,
          2,
        ),
      );
      return 0;
    });
  },
};
