import type { ScopeId } from '../../consent/who.ts';
import { Failure } from '../../failure.ts';

/** The scope that a place points to, and whether somebody is in it. */
export interface Known {
  readonly scope: ScopeId;
  readonly isInhabited: boolean;
}

/**
 * Whose scope two places get that turn out to be one: nobody is put out of reach. `same`: they have one; `new`: neither has any;
 * `split`: both are inhabited, and neither may give way.
 */
export function joined(from: Known | undefined, to: Known | undefined): 'same' | 'new' | 'from' | 'to' | 'split' {
  if (from?.scope === to?.scope) return from ? 'same' : 'new';
  if (from && !to?.isInhabited) return 'from';
  return from?.isInhabited ? 'split' : 'to';
}

/** @throws Failure `internal`: whoever drops a scope has erased its people before. */
export function assertDroppable(isInhabited: boolean): void {
  if (isInhabited) throw new Failure('internal', { cause: new Error('a scope with people in it is not dropped') });
}
