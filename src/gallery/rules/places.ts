import type { ScopeId } from '../../consent/who.ts';
import { Failure } from '../../failure.ts';

/** A place's scope, and whether it has people. */
export interface Known {
  readonly scope: ScopeId;
  readonly isInhabited: boolean;
}

/**
 * Which scope to keep when two places turn out to be one group. `from` or `to`: that place's,
 * because the other has nobody in it. `same`: they share one already. `new`: neither has one.
 * `split`: both have people, and neither may go.
 */
export function joined(from: Known | undefined, to: Known | undefined): 'same' | 'new' | 'from' | 'to' | 'split' {
  if (from?.scope === to?.scope) return from ? 'same' : 'new';
  if (from && !to?.isInhabited) return 'from';
  return from?.isInhabited ? 'split' : 'to';
}

/** @throws Failure `internal` while the scope has people: callers must erase them first */
export function assertDroppable(isInhabited: boolean): void {
  if (isInhabited) throw new Failure('internal', { cause: new Error('a scope with people in it is not dropped') });
}
