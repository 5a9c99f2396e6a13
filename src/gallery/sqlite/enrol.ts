import type { Consent } from '../../consent/consent.ts';
import { Failure } from '../../failure.ts';
import type { SqliteFile } from '../../sqlite/file.ts';
import type { Gallery, PackVersion } from '../gallery.ts';
import { assertAdmitted } from '../rules/agree.ts';
import { ATTEMPTS_MS, assertCompared, assertEnrollable, assertMayAttempt, enrolment, outcome } from '../rules/enrol.ts';
import type { Consents } from './consents.ts';
import { nearestOfEach } from './nearest.ts';
import type { OpenedScopes } from './opened.ts';
import type { Held } from './people.ts';
import type { OpenScope } from './scopes.ts';
import type { Tables } from './tables.ts';

type Options = Parameters<Gallery['enrol']>[2];

/** Enrols in one transaction: the checks, the templates and the ledger's entry. */
export function enroller(
  { write }: SqliteFile,
  { scopes, people, templates, disputes, finds, ledger }: Tables,
  opened: OpenedScopes,
  consents: Consents,
  pack: PackVersion,
): Gallery['enrol'] {
  /**
   * Enrols, in a transaction. A taken face gives `taken` and no error, because an error would undo
   * the line in the search log. Throws `expired`, `unavailable` or `rate_limited`: see
   * {@link Gallery.enrol}.
   */
  function enrol(
    consent: Consent,
    embeddings: readonly Float32Array[],
    { isSame, claim, ask, comparedWith, now }: Options,
  ): number | 'taken' {
    const scope = scopes.open(consent.scope);
    const held = scope && people.find(scope, consent.person);
    if (!held) throw new Failure('expired');
    assertAdmitted(consents.standingOf(scope, held), consent);
    const mine = templates.of(scope, held).map(({ id }) => `${id}`);
    assertCompared(mine, comparedWith);
    const owners = ownersOf(scope, held, embeddings, isSame);
    const becomes = outcome(owners.length, claim);
    if (owners.length > 0) {
      const since = now - ATTEMPTS_MS;
      const at = owners.map((owner) => finds.attempts('found', owner, since));
      assertMayAttempt({ by: finds.attempts('finder', held, since), at }, now);
    }
    for (const owner of owners) {
      if (finds.add(scope, owner, held, { kind: 'enrol', at: now, ask })) people.alert(owner);
      if (becomes === 'disputed') disputes.open(held.n, owner.n);
    }
    if (becomes === 'taken') return 'taken';
    ledger.append(scope, held.subject, enrolment(pack, embeddings.length), now);
    scopes.touch(scope.id, [held, ...owners]);
    return templates.add(scope, held, embeddings, now);
  }

  /**
   * The other people of the scope who have one of these faces. It leaves out people who challenge
   * `held` about it: until an operator decides, `held` may still enrol the face.
   */
  function ownersOf(
    scope: OpenScope,
    held: Held,
    embeddings: readonly Float32Array[],
    isSame: Options['isSame'],
  ): Held[] {
    const { slots } = opened.open(scope);
    const taken = embeddings
      .flatMap((probe) => nearestOfEach(slots, probe, (slot) => slots.people[slot] !== held.n))
      .filter(({ person, distance }) => isSame(distance) && !disputes.challenges(person, held.n))
      .map(({ person }) => person);
    return [...new Set(taken)].map((n) => people.byNumber(scope, n)).filter((owner) => owner !== undefined);
  }

  return async (consent, embeddings, options) => {
    assertEnrollable(consent, embeddings, pack);
    await opened.warm(consent.scope);
    const held = await write(() => enrol(consent, embeddings, options));
    if (held === 'taken') throw new Failure('face_taken');
    return held;
  };
}
