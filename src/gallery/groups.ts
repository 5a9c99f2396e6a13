import type { Standing } from '../consent/consent.ts';
import type { GroupSettings } from '../consent/settings.ts';
import type { ScopeId } from '../consent/who.ts';

/** A place's scope, if it has one, and a person's standing there. */
export interface Entrance {
  readonly scope?: ScopeId;
  /**
   * The settings that the group's admins made. Absent when there are none, or they are unreadable.
   */
  readonly settings?: GroupSettings;
  readonly standing: Standing;
  /** The stored name of the person; absent when nothing about them is stored. */
  readonly name?: string;
}

/** The settings that admins make for their groups. A setting is stored with the group's scope. */
export interface Configurable {
  /**
   * The settings of a scope. Empty when there are none, or they are unreadable. Sees every write
   * that has resolved.
   */
  settings(scope: ScopeId): Promise<GroupSettings>;
  /**
   * Sets the given values and keeps the others. Undefined stands for the operator's value.
   * `expired` when the scope is gone.
   */
  configure(scope: ScopeId, settings: GroupSettings): Promise<void>;
}
