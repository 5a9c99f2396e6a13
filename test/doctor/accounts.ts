import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from '@elastic/elasticsearch';
import { expect, vi } from 'vitest';

/** The rights on the indices that suffice after the first start: infra/elasticsearch/README.md. */
const RIGHTS = ['read', 'write', 'view_index_metadata', 'maintenance', 'monitor'];

/** Users of Elasticsearch, and the rights of each on the indices. */
const ACCOUNTS: Readonly<Record<string, readonly string[]>> = {
  reader: RIGHTS.filter((right) => right !== 'write'),
  writer: RIGHTS,
  maker: ['read', 'write', 'manage'],
};

/**
 * Adds users by the files in Elasticsearch's folder `config`. They all may make index templates,
 * and have the password of the user in `url`.
 */
export async function addAccounts(config: string, url: string): Promise<void> {
  const [, hash = ''] = (await readFile(join(config, 'users'), 'utf8')).trim().split(':');
  for (const [name, privileges] of Object.entries(ACCOUNTS)) {
    const role = { cluster: ['manage_index_templates'], indices: [{ names: ['facefinder-*'], privileges }] };
    await appendFile(join(config, 'roles.yml'), `\n${name}: ${JSON.stringify(role)}\n`);
    await appendFile(join(config, 'users_roles'), `\n${name}:${name}\n`);
    await appendFile(join(config, 'users'), `\n${name}:${hash}\n`);
  }
  for (const name of Object.keys(ACCOUNTS)) await vi.waitFor(() => expectToRead(name, url), { timeout: 240_000 });
}

async function expectToRead(name: string, url: string): Promise<void> {
  const node = new URL(url);
  node.username = name;
  const client = new Client({ node: node.href });
  const asked = client.security.hasPrivileges({ index: [{ names: ['facefinder-meta'], privileges: ['read'] }] });
  expect(await asked.finally(() => client.close())).toMatchObject({ has_all_requested: true });
}
