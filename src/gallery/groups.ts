import type { Standing } from '../consent/consent.ts';
import type { GroupSettings } from '../consent/settings.ts';
import type { ScopeId } from '../consent/who.ts';

/** A place's scope, if it has one, and how a person stands there. */
export interface Entrance {
  readonly scope?: ScopeId;
  /** What the admins of that group set; absent where they set nothing, or it cannot be read any more. */
  readonly settings?: GroupSettings;
  readonly standing: Standing;
  /** The name that is stored of them; absent where nothing is held. */
  readonly name?: string;
}

/** What the admins of groups set, kept with their scopes. */
export interface Configurable {
  /** Empty where nothing is set, or it cannot be read any more. Sees every write that has resolved. */
  settings(scope: ScopeId): Promise<GroupSettings>;
  /** Sets what is given and leaves the rest as it is; undefined is as the operator has it. `expired` when the scope is gone. */
  configure(scope: ScopeId, settings: GroupSettings): Promise<void>;
}
