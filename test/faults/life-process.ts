/**
 * Lives the same life repeatedly, and lets one call to the system fail in each: see shim.c.
 * Arguments: a kind of call, and the numbers of the calls that fail (`3,8,9`; `0`: no call). With
 * REDIS_URL and ELASTICSEARCH_URL, lives use these servers. Prints each life on standard output, as
 * a line of JSON.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { accessSync, mkdtempSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from '../../src/gallery/elasticsearch/client.ts';
import { type Home, Life } from './life.ts';

const [kind = 'none', which = '0'] = process.argv.slice(2);
const { REDIS_URL: redis, ELASTICSEARCH_URL: elasticsearch } = process.env;

/**
 * Tells the shim which call to let fail. The shim takes this path for a command, and says that
 * there is no such file.
 */
function arm(call: string, nth: number): void {
  try {
    accessSync(`/fault/arm/${call}/${nth}`);
  } catch {}
}

function counts(): Record<string, number> {
  const told = readlinkSync('/fault/counts').trim().split(' ');
  return Object.fromEntries(told.map((one) => one.split('=')).map(([name, count]) => [name, Number(count)]));
}

/** The stores of a life. `prefix` begins names that no other life uses. */
function homeIn(folder: string, prefix: string): Home {
  const key = randomBytes(32);
  const env = { STATE_DIR: folder, MASTER_KEY: key.toString('base64'), FINDS_PER_HOUR: '10000' };
  if (!redis || !elasticsearch) return { env };
  const stores = {
    mode: 'production',
    redis: { url: redis, prefix: `{${prefix}}` },
    elasticsearch: { url: elasticsearch, prefix },
  } as const;
  return { env, withStores: (config) => ({ ...config, stores, masterKey: key }) };
}

/**
 * Removes the indices of a life: a server does not take as many indices as the lives of a drill
 * make.
 */
async function removeIndices(url: string, prefix: string): Promise<void> {
  const client = connect({ url });
  const names = Object.keys(await client.indices.get({ index: `${prefix}*`, expand_wildcards: 'all' }));
  if (names.length > 0) await client.indices.delete({ index: names });
  await client.close();
}

for (const nth of which.split(',').map(Number)) {
  const folder = mkdtempSync(join(tmpdir(), 'facefinder-fault-'));
  const prefix = `test-${randomUUID()}`;
  let counted = {};
  const begin = () => arm(kind, nth);
  const end = () => {
    counted = counts();
    arm('none', 0);
  };
  const lived = await new Life(homeIn(folder, prefix)).live(begin, end);
  console.log(JSON.stringify({ kind, nth, ...lived, counts: counted }));
  rmSync(folder, { recursive: true });
  if (elasticsearch) await removeIndices(elasticsearch, prefix);
}
process.exit();
