import { type GroupSettings, together } from '../../consent/settings.ts';
import type { ScopeId } from '../../consent/who.ts';
import { Failure } from '../../failure.ts';
import { unsealJsonRighted } from '../../secrets/righted.ts';
import { sealJson } from '../../secrets/seal.ts';
import { type ScopeKey, settingsContext } from '../rules/identity.ts';
import type { Address, Found } from './documents.ts';
import type { ScopeDoc } from './scope-keys.ts';
import { type Store, TRIES } from './store.ts';

/** The groups' settings, sealed in their scopes' documents. */
export function settingsOf(store: Store, scopeAt: (id: ScopeId) => Address) {
  function opened({ id, key }: ScopeKey, { source }: Found<ScopeDoc>): GroupSettings {
    const { settings } = source;
    const plain = settings && unsealJsonRighted<GroupSettings>(key, settings, settingsContext(id));
    return plain || {};
  }

  /** The present settings; empty when there are none, or they are unreadable. */
  async function of(scope: ScopeKey): Promise<GroupSettings> {
    const [doc] = await store.get<ScopeDoc>([scopeAt(scope.id)]);
    return doc ? opened(scope, doc) : {};
  }

  /**
   * Stores these settings over the earlier ones; settings that are not given stay, even those that
   * another process stores at the same time.
   */
  async function change(scope: ScopeKey, settings: GroupSettings): Promise<void> {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const [doc] = await store.get<ScopeDoc>([scopeAt(scope.id)]);
      if (!doc) throw new Failure('expired');
      const sealed = sealJson(scope.key, { ...opened(scope, doc), ...settings }, settingsContext(scope.id));
      const source = { ...doc.source, settings: sealed } satisfies ScopeDoc;
      const [written] = await store.write([{ kind: 'index', at: scopeAt(scope.id), source, since: doc.version }]);
      if (written === 'done') return;
    }
    throw new Failure('unavailable', { cause: new Error('too many writers of the settings of one group') });
  }

  /**
   * Adds the settings of the scope `given`, which is being joined with `scope`. The stricter ones
   * stay: see {@link together}.
   */
  async function inherit(scope: ScopeKey, given: ScopeKey): Promise<void> {
    const settings = await of(given);
    if (Object.keys(settings).length > 0) await change(scope, together(await of(scope), settings));
  }

  return { of, change, inherit };
}
