import { randomUUID } from 'node:crypto';
import type { Client } from '@elastic/elasticsearch';
import type { Write } from './documents.ts';
import { answered, because } from './failures.ts';
import type { Parts } from './parts.ts';

/** A version for a condition that no missing document meets. */
const NEVER = { seqNo: 0, primaryTerm: 1 };

/**
 * Sends these aliases writes that change nothing: each is for a missing document, on the condition
 * that it has the version {@link NEVER}. Before Elasticsearch looks at the condition, it refuses an
 * account that may not write, and an index that takes no writes.
 * @throws what a write would throw
 */
export async function rehearseWrites({ store }: Pick<Parts, 'store'>, aliases: readonly string[]): Promise<void> {
  const id = `doctor-${randomUUID()}`;
  const writes = aliases.flatMap((index): Write[] => {
    const at = { index, id, routing: id };
    return [
      { kind: 'index', at, source: {}, since: NEVER },
      { kind: 'delete', at, since: NEVER },
    ];
  });
  await store.write(writes);
}

/**
 * Throws when Elasticsearch says that this account may not make or change these indices and
 * aliases. An Elasticsearch without security does not know the question, and allows everything.
 */
export async function assertMayManage(client: Client, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  const question = { index: [{ names: [...names], privileges: ['manage' as const] }] };
  const { has_all_requested: mayAll, index = {} } = await answered(
    client.security.hasPrivileges(question, { ignore: [400, 403, 404, 405] }),
  );
  if (mayAll !== false) return;
  throw because(
    'elasticsearch_forbidden',
    names.find((name) => index[name]?.manage === false),
  );
}
