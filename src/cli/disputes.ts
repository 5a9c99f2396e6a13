import { parseArgs } from 'node:util';
import { withHouse } from '../app/house.ts';
import { readConfig } from '../config.ts';
import { openLog } from '../log.ts';
import type { Verb } from './verb.ts';

/** `facefinder disputes`: who said "this is me" of a face that somebody else had enrolled, and whose face that was. */
export const disputes: Verb = {
  name: 'disputes',
  summary: 'List people who are hidden because two of them claim one face',
  usage: `facefinder disputes

One line for each person: group, person, when first enrolled, name. No photo is kept, so none is shown: ask the people. Then erase
the one who is not the face's owner, and the other is found again: facefinder erase --person P --scope GROUP`,
  async run(args, io) {
    parseArgs({ args, options: {} });
    const config = readConfig(io.env);
    return await withHouse(config, openLog(config.logLevel), async ({ stores: { gallery } }) => {
      let hidden = 0;
      for (const { scope, places } of await gallery.scopes()) {
        for (const { person } of await gallery.people(scope)) {
          const dossier = await gallery.dossier(scope, person);
          const claimed = dossier?.templates.filter((template) => template.hidden) ?? [];
          if (claimed.length === 0) continue;
          hidden += 1;
          const since = new Date(Math.min(...claimed.map(({ enrolledAt }) => enrolledAt))).toISOString();
          const group = places[0] ? `${places[0].platform}:${places[0].id}` : 'a group without a place';
          io.out(`${group}  ${person.platform}:${person.id}  ${since}  ${person.name}`);
        }
      }
      if (hidden === 0) io.err('Nobody is hidden: there is no dispute.');
      return 0;
    });
  },
};
