import type { Standing } from '../consent/consent.ts';
import type { GroupSettings } from '../consent/settings.ts';
import type { ScopeId } from '../consent/who.ts';

/** A place's scope, if any, and a person's standing there. */
export interface Entrance {
  readonly scope?: ScopeId;
  /** The settings by the group's admins; absent when there are none, or they are unreadable. */
  readonly settings?: GroupSettings;
  readonly standing: Standing;
  /** The stored name; absent without data. */
  readonly name?: string;
}

/** The settings by groups' admins, stored with their scopes. */
export interface Configurable {
  /** Empty when there are none, or they are unreadable. Sees every write that has resolved. */
  settings(scope: ScopeId): Promise<GroupSettings>;
  /**
   * Sets the given values and keeps the others. Undefined means the operator's value. `expired`
   * when the scope is gone.
   */
  configure(scope: ScopeId, settings: GroupSettings): Promise<void>;
}
