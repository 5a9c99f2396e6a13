import type { Standing } from '../consent/consent.ts';
import type { GroupSettings } from '../consent/settings.ts';
import type { ScopeId } from '../consent/who.ts';

/** A place's scope, if it has one, and a person's standing there. */
export interface Entrance {
  readonly scope?: ScopeId;
  /**
   * What the group's admins set. Absent when they set nothing, or the settings are unreadable.
   */
  readonly settings?: GroupSettings;
  readonly standing: Standing;
  /** The person's stored name. Absent when nothing is stored about the person. */
  readonly name?: string;
}

/** The calls about settings of groups, which are stored with the group's scope. */
export interface Configurable {
  /**
   * The settings of a scope. Empty when there are none, or they are unreadable. It shows every
   * write that has resolved.
   */
  settings(scope: ScopeId): Promise<GroupSettings>;
  /**
   * Stores these settings over the earlier ones; settings that are not given stay. A value of
   * undefined means that the operator's value holds.
   * @throws Failure `expired` when the scope is gone
   */
  configure(scope: ScopeId, settings: GroupSettings): Promise<void>;
}
