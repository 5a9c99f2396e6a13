import type { ScopeId } from '../../consent/who.ts';
import { Failure } from '../../failure.ts';

/** A place's scope, and whether it has people. */
export interface Known {
  readonly scope: ScopeId;
  readonly isInhabited: boolean;
}

/**
 * Decides which scope to keep when two places turn out to be one group. `from` or `to`: keep the
 * scope of that place, because the other place has no scope, or one without people. `same`: both
 * places have the same scope. `new`: neither has a scope. `split`: both scopes have people, and
 * both stay for now.
 */
export function joined(from: Known | undefined, to: Known | undefined): 'same' | 'new' | 'from' | 'to' | 'split' {
  if (from?.scope === to?.scope) return from ? 'same' : 'new';
  if (from && !to?.isInhabited) return 'from';
  return from?.isInhabited ? 'split' : 'to';
}

/** @throws Failure `internal` while the scope has people; callers must erase them first */
export function assertDroppable(isInhabited: boolean): void {
  if (isInhabited) throw new Failure('internal', { cause: new Error('a scope with people in it is not dropped') });
}
