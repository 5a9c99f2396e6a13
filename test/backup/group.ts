import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { backup } from '../../src/app/backup.ts';
import { readConfig } from '../../src/config.ts';
import { NOTICE_VERSION } from '../../src/consent/notice.ts';
import type { ScopeId } from '../../src/consent/who.ts';
import { agreed, closerThan, enrolled, face, faceAt, somebody, somewhere } from '../gallery/people.ts';
import { inHouse } from './house.ts';

export const DIMS = 512;
export const version = NOTICE_VERSION;
export const DAY = 86_400_000;
/** The master key of all installations. */
export const key = randomBytes(32).toString('base64');

/** Where the installations are. */
export const root = mkdtempSync(join(tmpdir(), 'facefinder-backup-'));
afterAll(() => rm(root, { recursive: true, force: true }));

let places = 0;
/** A new installation: its settings and where its files are. */
export function place(env: NodeJS.ProcessEnv = {}) {
  const folder = join(root, String(++places));
  const [DATA_DIR, STATE_DIR] = [join(folder, 'data'), join(folder, 'state')];
  const common = { MASTER_KEY: key, FACE_PACK: 'faceplugin512', LOG_LEVEL: 'silent' };
  const config = readConfig({ DATA_DIR, STATE_DIR, ...common, ...env }, root);
  return { config, DATA_DIR, STATE_DIR, file: `${folder}.backup` };
}

/** How an operator who lost nothing asks for a restore. */
export const ask = { journalLost: false };

/**
 * A group of Ada, Ben, Eve (who disputes Ben's face) and Old, who was erased; then a backup of it.
 */
export async function group() {
  const own = place();
  const [ada, ben, eve, old] = [somebody('Ada'), somebody('Ben'), somebody('Eve'), somebody('Old')];
  const [adas, bens] = [face(DIMS), face(DIMS)];
  const club = somewhere();
  const made = await inHouse(own.config, async ({ stores: { gallery } }) => {
    await gallery.adoptPack();
    const scope = await gallery.scope(club);
    await gallery.configure(scope, { findsPerHour: 3, showing: false, enrolProof: 'gesture', channels: ['7'] });
    await enrolled(gallery, scope, old, [face(DIMS)], { version });
    await gallery.erase(scope, old, 'asked', Date.now());
    await enrolled(gallery, scope, ada, [adas, faceAt(0.3, adas)], { version, shown: true });
    await enrolled(gallery, scope, ben, [bens], { version, retentionDays: 100 });
    const consent = await agreed(gallery, scope, eve, { version });
    await gallery.enrol(consent, [faceAt(0.1, bens)], { ...closerThan(0.5), claim: 'mine' });
    await gallery.recordFinds(scope, ada, [ben, eve], Date.now());
    return { scope, ledger: await gallery.ledger(scope), adas: await gallery.dossier(scope, ada) };
  });
  const { scope } = made;
  const written = await backup(own.config, own.file);
  return { ...own, ada, ben, eve, old, adas, bens, club, scope, before: made, written };
}

/** Erases people, as `/forget` does. */
export async function erases(
  config: ReturnType<typeof readConfig>,
  scope: ScopeId,
  ...people: ReturnType<typeof somebody>[]
) {
  await inHouse(config, async ({ stores: { gallery } }) => {
    for (const person of people) await gallery.erase(scope, person, 'asked', Date.now());
  });
}
