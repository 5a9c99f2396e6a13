import type { ScopeId } from '../../consent/who.ts';
import { unsealJsonRighted } from '../../secrets/righted.ts';
import { sealJson } from '../../secrets/seal.ts';
import type { Found } from './documents.ts';
import { type Erasing, isUnsettled, type Life, type PersonRecord } from './life.ts';
import type { OpenScope } from './scopes.ts';

/** A person's record as Elasticsearch holds it. */
export interface RecordDoc {
  /** Absent from a tombstone that came from another store. */
  readonly scope?: ScopeId;
  readonly epoch: number;
  readonly live: boolean;
  readonly unsettled: boolean;
  readonly erasedAt?: number;
  /** The life or the erasure, sealed. */
  readonly sealed?: string;
}

/** The additional data that the sealed part of record `id` is bound to. */
export function recordContext(scope: ScopeId, id: string, { epoch, live }: Pick<RecordDoc, 'epoch' | 'live'>): string {
  return `people|${scope}|${id}|${epoch}|${live ? 'life' : 'erasing'}`;
}

/** The record in a document, unsealed with the key of `scope`. */
export function opened(scope: OpenScope, { id, source, version }: Found<RecordDoc>): PersonRecord {
  const { epoch, live, erasedAt, sealed } = source;
  const inner =
    sealed === undefined
      ? undefined
      : unsealJsonRighted<Life | Erasing>(scope.key, sealed, recordContext(scope.id, id, source));
  return {
    id,
    epoch,
    version,
    ...(sealed !== undefined && !inner && { unreadable: true }),
    ...(erasedAt !== undefined && { erasedAt }),
    ...(inner && (live ? { life: inner as Life } : { erasing: inner as Erasing })),
  };
}

/** The document for a record, sealed by the key of its scope. */
export function docOf(scope: OpenScope, { id, epoch, life, erasing, erasedAt }: PersonRecord): RecordDoc {
  const live = life !== undefined;
  const inner = life ?? erasing;
  return {
    scope: scope.id,
    epoch,
    live,
    unsettled: erasing !== undefined || (life !== undefined && isUnsettled(life)),
    ...(erasedAt !== undefined && { erasedAt }),
    ...(inner && { sealed: sealJson(scope.key, inner, recordContext(scope.id, id, { epoch, live })) }),
  };
}
