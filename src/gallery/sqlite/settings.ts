import { type GroupSettings, together } from '../../consent/settings.ts';
import type { ScopeId } from '../../consent/who.ts';
import { unsealRighted } from '../../secrets/righted.ts';
import { seal } from '../../secrets/seal.ts';
import type { Sql } from '../../sqlite/file.ts';
import { type ScopeKey, settingsContext } from '../rules/identity.ts';

/**
 * The groups' settings, sealed in the rows of their scopes. Every function runs inside a
 * transaction.
 */
export function settingsTable(sql: Sql) {
  /** The settings of a scope. Empty when there are none, or they are unreadable. */
  function of({ id, key }: ScopeKey): GroupSettings {
    const row = sql.get<{ settings: Uint8Array | null }>`SELECT settings FROM scopes WHERE id = ${id}`;
    const plain = row?.settings && unsealRighted(key, row.settings, settingsContext(id));
    return plain ? (JSON.parse(plain.toString()) as GroupSettings) : {};
  }

  /** Whether the scope has settings, readable or not. */
  function isSet(id: ScopeId): boolean {
    return sql.get`SELECT 1 FROM scopes WHERE id = ${id} AND settings IS NOT NULL` !== undefined;
  }

  /** Stores these settings over the earlier ones; settings that are not given stay. */
  function change(scope: ScopeKey, settings: GroupSettings): void {
    const { id, key } = scope;
    const sealed = seal(key, JSON.stringify({ ...of(scope), ...settings }), settingsContext(id));
    sql.run`UPDATE scopes SET settings = ${sealed} WHERE id = ${id}`;
  }

  /**
   * Adds the settings of the scope `given`, which is being joined with `scope`. The stricter ones
   * stay: see {@link together}.
   */
  function inherit(scope: ScopeKey, given: ScopeKey): void {
    const settings = of(given);
    if (Object.keys(settings).length > 0) change(scope, together(of(scope), settings));
  }

  return { of, isSet, change, inherit };
}

export type Settings = ReturnType<typeof settingsTable>;
