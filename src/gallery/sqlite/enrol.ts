import type { Consent } from '../../consent/consent.ts';
import { Failure } from '../../failure.ts';
import type { Gallery, PackVersion } from '../gallery.ts';
import { assertAdmitted } from '../rules/agree.ts';
import { enrolment, outcome } from '../rules/enrol.ts';
import { nearestOfEach } from './nearest.ts';
import type { OpenedScopes } from './opened.ts';
import type { Held } from './people.ts';
import type { OpenScope } from './scopes.ts';
import type { Tables } from './tables.ts';

type Options = Parameters<Gallery['enrol']>[2];

/** Enrolling, inside one transaction with its checks and the ledger's entry. */
export function enroller(
  { scopes, people, templates, finds, ledger }: Tables,
  opened: OpenedScopes,
  pack: PackVersion,
) {
  /**
   * The number of templates now held, or `taken`, after which the transaction must still be committed: the attempt stays logged.
   * Throws `expired`.
   */
  return function enrol(
    consent: Consent,
    embeddings: readonly Float32Array[],
    { isSame, dispute = false, ask, now }: Options,
  ): number | 'taken' {
    const scope = scopes.open(consent.scope);
    const held = scope && people.find(scope, consent.person);
    if (!scope || !held) throw new Failure('expired');
    assertAdmitted(people.standingOf(scope, held), consent);
    const owners = ownersOf(scope, held, embeddings, isSame);
    const becomes = outcome(owners.length, dispute);
    for (const owner of owners) {
      if (finds.add(scope, owner, held, { kind: 'enrol', at: now, ask })) people.alert(owner);
      if (becomes === 'disputed') templates.dispute(held.n, owner.n);
    }
    if (becomes === 'taken') return 'taken';
    ledger.append(scope, held.subject, enrolment(pack, embeddings.length), now);
    scopes.touch(scope.id);
    return templates.add(scope, held, embeddings, now);
  };

  /** Who else of the scope has one of these faces already. */
  function ownersOf(
    scope: OpenScope,
    held: Held,
    embeddings: readonly Float32Array[],
    isSame: Options['isSame'],
  ): Held[] {
    const all = opened.open(scope);
    const taken = embeddings
      .flatMap((probe) => nearestOfEach(all, probe, (index) => all.people[index] !== held.n))
      .filter(({ distance }) => isSame(distance, all.ids.length))
      .map(({ person }) => person);
    return [...new Set(taken)].map((n) => people.byNumber(scope, n)).filter((owner) => owner !== undefined);
  }
}
