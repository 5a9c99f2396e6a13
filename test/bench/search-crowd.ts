import { randomBytes, randomUUID } from 'node:crypto';
import { nextEntry, subjectOf } from '../../src/consent/ledger.ts';
import type { ScopeId } from '../../src/consent/who.ts';
import { MAX_TEMPLATES, type PackVersion } from '../../src/gallery/gallery.ts';
import type { GalleryExport, PersonExport, ScopeExport } from '../../src/gallery/transfer.ts';
import { face, faceAt, NOTICE_HASH, somebody, T0 } from '../gallery/people.ts';

/** The Euclidean distance of a person's faces. Strangers are at about √2. */
const GENUINE = 0.45;

/** A made-up group with this many faces, five of each person. */
export function crowd(faces: number, pack: PackVersion): ScopeExport {
  const people = Array.from({ length: faces / MAX_TEMPLATES }, (_, index) => member(`Member ${index}`, pack));
  const ledger: ScopeExport['ledger'][number][] = [];
  for (const { subject } of people) {
    const agreed = { kind: 'agreed', purpose: 'enrol', version: 1, noticeHash: NOTICE_HASH, shown: false } as const;
    ledger.push(nextEntry(ledger.at(-1), agreed, subject, T0));
  }
  return {
    scope: randomUUID() as string as ScopeId,
    key: randomBytes(32),
    places: [{ platform: 'discord', id: randomUUID() }],
    ledger,
    people,
    disputes: [],
    finds: [],
  };
}

function member(name: string, pack: PackVersion): PersonExport {
  const person = somebody(name);
  const salt = randomBytes(32);
  const own = face(pack.dims);
  const templates = Array.from({ length: MAX_TEMPLATES }, (_, index) => ({
    pack: pack.id,
    enrolledAt: T0,
    embedding: index === 0 ? own : faceAt(GENUINE, own),
  }));
  return { person, epoch: 0, salt, subject: subjectOf(salt, person), alerts: 0, templates };
}

/** A gallery of these groups, each made when it is asked for. */
export function galleryOf(groups: Iterable<ScopeExport>): GalleryExport {
  return {
    id: async () => 'crowd',
    async *scopes() {
      yield* groups;
    },
    async *oldLedgers() {},
    tombstones: async () => [],
    pack: async () => undefined,
    notices: async () => [{ version: 1, since: T0 }],
  };
}
