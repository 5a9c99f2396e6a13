import { nothingHeld } from '../../consent/standing.ts';
import type { Person, ScopeId } from '../../consent/who.ts';
import { Failure } from '../../failure.ts';
import type { SqliteFile } from '../../sqlite/file.ts';
import type { Dossier, Gallery } from '../gallery.ts';
import type { Consents } from './consents.ts';
import type { Tables } from './tables.ts';

type Persons = Pick<
  Gallery,
  'people' | 'entrance' | 'standing' | 'agree' | 'rename' | 'acknowledge' | 'recordFinds' | 'dossier' | 'drop'
>;

/** The gallery's calls about single people, and the call that lists all people of a scope. */
export function personsOf({ read, write }: SqliteFile, tables: Tables, consents: Consents): Persons {
  const { scopes, tombstones, people, templates, disputes, finds } = tables;

  function dossierOf(id: ScopeId, person: Person): Dossier | undefined {
    const scope = scopes.open(id);
    const held = scope && people.find(scope, person);
    if (!held) return undefined;
    const dispute = disputes.sideOf(held.n);
    const hidden = dispute === 'challenger';
    return {
      person: held.person,
      salt: people.saltOf(scope, held),
      standing: consents.standingOf(scope, held),
      ...(dispute && { dispute }),
      templates: templates.of(scope, held).map((template) => ({ ...template, id: String(template.id), hidden })),
      events: consents.eventsOf(scope, held),
      foundBy: finds.of(scope, held),
    };
  }

  return {
    people: (id) =>
      read(() => {
        const scope = scopes.open(id);
        if (!scope) return [];
        return people.all(scope).map((held) => ({ person: held.person, standing: consents.standingOf(scope, held) }));
      }),

    entrance: (place, person) =>
      read(() => {
        const id = scopes.of(place);
        const scope = id && scopes.open(id);
        if (!scope) return { standing: nothingHeld(0) };
        const name = people.find(scope, person)?.person.name;
        const settings = tables.settings.of(scope);
        return {
          scope: scope.id,
          ...(Object.keys(settings).length > 0 && { settings }),
          standing: consents.standing(scope, person),
          ...(name !== undefined && { name }),
        };
      }),

    standing: (id, person) =>
      read(() => {
        const scope = scopes.readable(id);
        return scope ? consents.standing(scope, person) : nothingHeld(tombstones.epoch(id, person));
      }),

    agree: (id, person, purpose, agreement, epoch) =>
      write(() => {
        const scope = scopes.open(id);
        if (!scope) throw new Failure('expired');
        return consents.agree(scope, person, purpose, agreement, epoch);
      }),

    rename: (id, person) =>
      write(() => {
        const scope = scopes.readable(id);
        const held = scope && people.find(scope, person);
        if (held && person.name !== '') people.rename(scope, held, person.name);
      }),

    drop: (id, person, template) =>
      write(() => {
        const scope = scopes.open(id);
        const held = scope && people.find(scope, person);
        if (!held || !templates.has(held, Number(template))) return 'gone';
        if (templates.counted(held).templates === 1) return 'last';
        templates.remove(Number(template));
        scopes.touch(id, [held]);
        return 'dropped';
      }),

    acknowledge: (id, person, told) =>
      write(() => {
        const scope = scopes.open(id);
        const held = scope && people.find(scope, person);
        if (held) people.acknowledge(held, told);
      }),

    recordFinds: (id, finder, found, at, ask) =>
      write(() => {
        const scope = scopes.open(id);
        if (!scope) return;
        const by = people.find(scope, finder);
        for (const person of found) {
          const held = people.find(scope, person);
          if (held) finds.add(scope, held, by, { kind: 'find', at, ask });
        }
      }),

    dossier: (id, person) => read(() => dossierOf(id, person)),
  };
}
