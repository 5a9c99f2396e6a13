import { DatabaseSync } from 'node:sqlite';
import { expect } from 'vitest';
import { firstBreak } from '../../../src/consent/ledger.ts';
import type { Person, Place, ScopeId } from '../../../src/consent/who.ts';
import type { Gallery } from '../../../src/gallery/gallery.ts';
import { face } from '../people.ts';

export const CRASH_PACK = { id: 'crash@1', dims: 512 };
export const CRASH_PLACE: Place = { platform: 'page', id: 'crash' };
export const crashPerson = (number: number): Person => ({
  platform: 'page',
  id: `person-${number}`,
  name: `Name ${number}`,
});

/** Bytes of a page in today's files, and of its header in the write-ahead log. */
export const PAGE = 16_384;
export const FRAME_HEADER = 24;

/** What must hold for a database, whatever happened to its writers. */
export async function expectSound(gallery: Gallery, scope: ScopeId, file: string): Promise<void> {
  const ledger = await gallery.ledger(scope);
  expect(firstBreak(ledger)).toBeUndefined();
  let templates = 0;
  for (const { person, standing } of await gallery.people(scope)) {
    const dossier = await gallery.dossier(scope, person);
    expect(dossier?.templates).toHaveLength(standing.templates);
    const enrolled = ledger.filter(
      (entry) => entry.kind === 'enrolled' && entry.subject === dossier?.events[0]?.subject,
    );
    expect(standing.templates).toBe(
      enrolled.reduce((sum, entry) => sum + (entry.kind === 'enrolled' ? entry.templates : 0), 0),
    );
    if (standing.templates > 0) expect(standing.agreed.enrol).toBeDefined();
    templates += standing.templates;
  }
  expect((await gallery.search(scope, [face(CRASH_PACK.dims)])).templates).toBe(templates);
  using raw = new DatabaseSync(file, { readOnly: true });
  expect(raw.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
  expect(raw.prepare('PRAGMA foreign_key_check').all()).toEqual([]);
}
