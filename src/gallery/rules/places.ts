import type { ScopeId } from '../../consent/who.ts';
import { Failure } from '../../failure.ts';

/**
 * Whether a place may be pointed to the scope `from`: it points to none, or to one (`to`) in which
 * nobody is. Whoever is in it could not be reached any more.
 */
export function mayMovePlace(
  from: ScopeId | undefined,
  to: { readonly scope: ScopeId; readonly isInhabited: boolean } | undefined,
): from is ScopeId {
  if (from === undefined) return false;
  return to === undefined || (to.scope !== from && !to.isInhabited);
}

/** @throws Failure `internal`: whoever drops a scope has erased its people before. */
export function assertDroppable(isInhabited: boolean): void {
  if (isInhabited) throw new Failure('internal', { cause: new Error('a scope with people in it is not dropped') });
}
