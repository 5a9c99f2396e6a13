import type { ScopeId } from '../../../src/consent/who.ts';
import { openElasticsearchGallery } from '../../../src/gallery/elasticsearch/elasticsearch.ts';
import { deriveKeys } from '../../../src/secrets/keys.ts';
import { PACK } from '../gallery-store.ts';
import { agreed, somebody } from '../people.ts';

/**
 * A separate process that lets people agree in a scope, several at a time. WRITER holds its
 * settings as JSON.
 */
interface Settings {
  readonly url: string;
  readonly prefix: string;
  readonly scope: ScopeId;
  /** Base64. */
  readonly master: string;
  readonly people: number;
}

const { url, prefix, scope, master, people } = JSON.parse(process.env.WRITER ?? '') as Settings;
const keys = deriveKeys(Buffer.from(master, 'base64'));
await using gallery = await openElasticsearchGallery({ url, prefix, keys, pack: PACK, notice: 1 });
await Promise.all(Array.from({ length: people }, () => agreed(gallery, scope, somebody())));
