import type { Person } from '../../consent/who.ts';
import type { Dossier } from '../gallery.ts';
import { isLiving, standingOf, subjectIn } from './life.ts';
import type { Parts } from './parts.ts';
import type { OpenScope } from './scopes.ts';
import type { Settler } from './settle.ts';

/** Reads all data about one person in one scope. */
export function dossiers({ pack: today, records, ledger, faces, finds }: Parts, { settle, openRivals }: Settler) {
  return async function dossier(scope: OpenScope, person: Person): Promise<Dossier | undefined> {
    const recordId = records.idOf(scope.id, person);
    const record = await settle(scope, recordId);
    if (!isLiving(record)) return undefined;
    const { life } = record;
    const [rival] = (await openRivals(scope, [record])).get(recordId) ?? [];
    const hidden = rival !== undefined && rival.side !== 'challenger';
    const templates = [];
    for (const template of life.templates) {
      const embedding = await faces.embedding(scope, template);
      const { id, pack, enrolledAt } = template;
      if (embedding) templates.push({ id, pack, enrolledAt, hidden, embedding });
    }
    return {
      person: life.person,
      salt: Buffer.from(life.salt, 'base64'),
      standing: standingOf(record, today),
      ...(rival && { dispute: hidden ? ('challenger' as const) : ('holder' as const) }),
      templates,
      events: await ledger.read({ scope: scope.id, subject: subjectIn(life) }),
      foundBy: await finds.of(scope, recordId),
    };
  };
}
