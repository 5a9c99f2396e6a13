import { createHash } from 'node:crypto';
import { causeOf } from '../../cause.ts';
import { NOTICE_VERSION } from '../../consent/notice.ts';
import { type GroupRules, rulesOf } from '../../consent/settings.ts';
import { keptUntil } from '../../consent/sweep.ts';
import type { Person, Place, ScopeId } from '../../consent/who.ts';
import type { Dossier, Gallery } from '../../gallery/gallery.ts';
import type { SentIn, SentPhotos } from '../sent-photos.ts';
import type { ShownResults } from '../showing/shown.ts';

/** A group with data of a person; `place` is undefined when it is unreadable. */
export type Group = Awaited<ReturnType<Gallery['scopesOf']>>[number];

/** A group, and what a person has there. */
export interface GroupDossier extends Group {
  readonly dossier: Dossier;
}

/** A person's data in one group. */
export interface Held extends GroupDossier {
  /** When all of this data expires, milliseconds since 1970. */
  readonly until: number;
  /** The signed head of the group's ledger, a JWS. */
  readonly ledgerHead: string;
  /** Signed receipts of all their agreements there, JWS. */
  readonly receipts: readonly string[];
  /** When the group was shown results that name them, milliseconds since 1970. */
  readonly shownAt: readonly number[];
}

/** The parts that collect a person's data. */
export interface HeldParts {
  readonly gallery: Pick<Gallery, 'scopesOf' | 'dossier' | 'noticeSince' | 'settings'>;
  /** The operator's rules for every group. */
  readonly rules: GroupRules;
  /** The head of a group's ledger, signed now, a JWS. */
  readonly ledgerHead: (scope: ScopeId) => Promise<string>;
  /** Signed receipts of all agreements of a person in a group. */
  readonly receiptsOf: (place: Place, held: Dossier) => Promise<readonly string[]>;
  readonly shown: Pick<ShownResults, 'naming'>;
}

/**
 * What `person` has in `groups`. Groups where they have nothing are left out. So are groups whose
 * key is unreadable. But if only such groups may have something, this throws the gallery's error.
 */
export async function dossiersIn(
  gallery: Pick<Gallery, 'dossier'>,
  person: Person,
  groups: readonly Group[],
): Promise<GroupDossier[]> {
  const found: GroupDossier[] = [];
  let unreadable: unknown;
  for (const group of groups) {
    const dossier = await gallery.dossier(group.scope, person).catch((error) => {
      if (causeOf(error)?.code !== 'values_unreadable') throw error;
      unreadable = error;
    });
    if (dossier) found.push({ ...group, dossier });
  }
  if (found.length === 0 && unreadable) throw unreadable;
  return found;
}

/** All data of `person` in `groups`, as {@link dossiersIn} finds it. */
export async function heldOf(parts: HeldParts, person: Person, groups: readonly Group[]): Promise<Held[]> {
  const { gallery, ledgerHead, receiptsOf, shown } = parts;
  const notice = { noticeVersion: NOTICE_VERSION, noticeSince: await gallery.noticeSince() };
  const held: Held[] = [];
  for (const { scope, place, dossier } of await dossiersIn(gallery, person, groups)) {
    const receipts = place ? await receiptsOf(place, dossier) : [];
    const { retentionDays } = rulesOf(parts.rules, await gallery.settings(scope));
    const until = keptUntil(dossier.standing, { ...notice, retentionDays });
    const shownAt = await shown.naming(scope, person);
    held.push({ scope, place, dossier, until, ledgerHead: await ledgerHead(scope), receipts, shownAt });
  }
  return held;
}

/** The records about searches of photos that `person` sent, in these groups or in all. */
export async function sentBy(
  { sentPhotos }: { readonly sentPhotos: Pick<SentPhotos, 'of'> },
  person: Person,
  only?: readonly Group[],
): Promise<SentIn[]> {
  const sent = [...(await sentPhotos.of(person))];
  return sent.flatMap(([scope, one]) => (!only || only.some((group) => group.scope === scope) ? [one] : []));
}

/**
 * The record about searches of photos that a person sent to one group, as plain JSON. Times are ISO
 * 8601.
 */
export function sentExported({ platform, id }: Person, { place, isForbidden, searchedAt }: SentIn) {
  const photosSearchedByOthers = searchedAt.map((at) => new Date(at).toISOString());
  return { group: place.title ?? place.id, platform, id, photosSearchedByOthers, photosForbidden: isForbidden };
}

/**
 * A person's data in one group as plain JSON. Times are ISO 8601. Each template comes with the
 * count of its numbers, and with the SHA-256 (hex) of these numbers as 32-bit floats,
 * little-endian. With `embeddings`, the numbers come too. With the salt (base64url) its holder can
 * show that a receipt is theirs.
 */
export function exported(
  { place, dossier, until, ledgerHead, receipts, shownAt }: Held,
  { with: kind }: { readonly with: 'embeddings' | 'hashes' },
) {
  const { person, salt, standing, templates, events, foundBy } = dossier;
  return {
    group: place?.title ?? place?.id,
    platform: person.platform,
    id: person.id,
    name: person.name,
    agreed: standing.agreed,
    keptUntil: new Date(until).toISOString(),
    templates: templates.map(({ id: _, embedding, enrolledAt, ...template }) => ({
      ...template,
      enrolledAt: new Date(enrolledAt).toISOString(),
      numbers: embedding.length,
      sha256: sha256(embedding),
      ...(kind === 'embeddings' && { embedding: Array.from(embedding) }),
    })),
    ledger: events.map((event) => ({ ...event, at: new Date(event.at).toISOString() })),
    ledgerHead,
    foundBy: foundBy.map((find) => ({ ...find, at: new Date(find.at).toISOString() })),
    shownToGroup: shownAt.map((at) => new Date(at).toISOString()),
    consentReceipts: receipts,
    salt: Buffer.from(salt).toString('base64url'),
  };
}

function sha256({ buffer, byteOffset, byteLength }: Float32Array): string {
  return createHash('sha256')
    .update(new Uint8Array(buffer, byteOffset, byteLength))
    .digest('hex');
}
