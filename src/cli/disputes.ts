import { parseArgs } from 'node:util';
import { withHouse } from '../app/house.ts';
import { readConfig } from '../config.ts';
import type { Verb } from './verb.ts';
import { verbLog } from './verb-log.ts';

/** `facefinder disputes`: who said "this is me" of a face that somebody else had enrolled, and whose face that was. */
export const disputes: Verb = {
  name: 'disputes',
  summary: 'List people who are hidden because two of them claim one face',
  usage: `facefinder disputes [--json]

One line for each person: group, person, when first enrolled, name. No photo is kept, so none is shown: ask the people. Then erase
the one who is not the face's owner, and the other is found again: facefinder erase --person P --scope GROUP

  --json  {disputes: [{group, person, since, name}]} as one line`,
  async run(args, io) {
    const { values } = parseArgs({ args, options: { json: { type: 'boolean', default: false } } });
    const config = readConfig(io.env);
    return await withHouse(config, verbLog(config), async ({ stores: { gallery } }) => {
      const hidden: { group: string; person: string; since: string; name: string }[] = [];
      for (const { scope, places } of await gallery.scopes()) {
        for (const { person } of await gallery.people(scope)) {
          const dossier = await gallery.dossier(scope, person);
          const claimed = dossier?.templates.filter((template) => template.hidden) ?? [];
          if (claimed.length === 0) continue;
          const since = new Date(Math.min(...claimed.map(({ enrolledAt }) => enrolledAt))).toISOString();
          const group = places[0] ? `${places[0].platform}:${places[0].id}` : 'a group without a place';
          hidden.push({ group, person: `${person.platform}:${person.id}`, since, name: person.name });
        }
      }
      if (values.json) io.out(JSON.stringify({ disputes: hidden }));
      else for (const { group, person, since, name } of hidden) io.out(`${group}  ${person}  ${since}  ${name}`);
      if (hidden.length === 0) io.err('Nobody is hidden: there is no dispute.');
      return 0;
    });
  },
};
