import { nothingHeld } from '../../consent/standing.ts';
import type { Gallery } from '../gallery.ts';
import { acknowledged } from '../rules/enrol.ts';
import { renaming } from './agree.ts';
import { dossiers } from './dossier.ts';
import { dropping } from './drop.ts';
import { standingOf } from './life.ts';
import type { Parts } from './parts.ts';
import type { Settler } from './settle.ts';

/** The gallery's calls about single people, and the call that lists all people of a scope. */
export function personsOf(
  parts: Parts,
  settler: Settler,
): Pick<Gallery, 'people' | 'standing' | 'rename' | 'acknowledge' | 'dossier' | 'drop'> {
  const { pack, scopes, records } = parts;
  const rename = renaming(parts);
  const dossier = dossiers(parts, settler);
  const drop = dropping(parts);
  return {
    async people(id) {
      const scope = await scopes.open(id);
      const living = scope ? await records.living(scope) : [];
      return living.map((record) => ({ person: record.life.person, standing: standingOf(record, pack) }));
    },

    async standing(id, person) {
      const record = records.idOf(id, person);
      const scope = await scopes.readable(id);
      return scope ? standingOf(await settler.settle(scope, record), pack) : nothingHeld(await records.epoch(record));
    },

    async rename(id, person) {
      const scope = await scopes.readable(id);
      if (scope) await rename(scope, person);
    },

    async acknowledge(id, person, told) {
      const scope = await scopes.open(id);
      if (!scope) return;
      await records.change(scope, records.idOf(id, person), (record) => {
        const { life } = record;
        return life?.alerts ? { ...record, life: { ...life, alerts: acknowledged(life.alerts, told) } } : undefined;
      });
    },

    async dossier(id, person) {
      const scope = await scopes.open(id);
      return scope ? await dossier(scope, person) : undefined;
    },

    async drop(id, person, template) {
      const scope = await scopes.open(id);
      return scope ? await drop(scope, person, template) : 'gone';
    },
  };
}
