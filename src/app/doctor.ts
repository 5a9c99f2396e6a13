import { existsSync } from 'node:fs';
import { COMMANDS } from '../../commands/index.ts';
import { describePack, verifyPack } from '../../models/pack.ts';
import type { Config } from '../config.ts';
import { firstBreak } from '../consent/ledger.ts';
import { explained } from '../explain/explained.ts';
import type { Finding } from '../finding.ts';
import type { Gallery } from '../gallery/gallery.ts';
import type { Log } from '../log.ts';
import { goThrough } from '../proxy.ts';
import { masterKeyFile } from '../secrets/master-key.ts';
import { checkRedisSettings } from './doctor-redis.ts';
import { keysOf } from './keys.ts';
import { openStores } from './stores.ts';

/** Looks at every part that this configuration uses, each for itself, and changes nothing. */
export async function examine(config: Config, log: Log): Promise<Finding[]> {
  goThrough(config.proxy);
  return [
    checkMode(config),
    checkKey(config),
    await checkModels(config),
    ...(await checkStores(config, log)),
    ...(config.stores.mode === 'embedded' ? [] : [await checkRedisSettings(config.stores.redis)]),
    ...(await checkPlatforms(config)),
  ];
}

function checkMode({ stores, role, platforms }: Config): Finding {
  const doors = platforms.map(({ door }) => door);
  return {
    part: 'configuration',
    state: 'ok',
    what: `${stores.mode}, role ${role}, ${doors.join(', ') || 'no listener'}`,
  };
}

function checkKey({ stores, masterKey, dataDir }: Config): Finding {
  const part = 'master key';
  if (masterKey) return { part, state: 'ok', what: 'set from outside the data' };
  const where = existsSync(masterKeyFile(dataDir))
    ? 'kept beside the data it protects'
    : 'not made yet: the first start makes it';
  return {
    part,
    state: 'warn',
    what: `${stores.mode}: ${where}`,
    todo: 'Enough for one machine at home. On a server, move it out: set MASTER_KEY_FILE to a file elsewhere with its content.',
  };
}

async function checkModels({ pack, modelDir, role }: Config): Promise<Finding> {
  const part = 'models';
  try {
    const { id } = await describePack(pack, modelDir);
    const files = Object.values(await verifyPack(pack, modelDir));
    const whole = files.filter(Boolean).length;
    const what = `${id}: ${whole} of ${files.length} files here and verified`;
    if (whole === files.length || role === 'bot') return { part, state: 'ok', what };
    return {
      part,
      state: 'warn',
      what,
      todo: `The next start fetches the rest, or now: facefinder models fetch ${pack}`,
    };
  } catch (error) {
    return { part, state: 'fail', what: messageOf(error), todo: 'Set FACE_PACK to one of: facefinder models list' };
  }
}

async function checkStores(config: Config, log: Log): Promise<Finding[]> {
  const part = config.stores.mode === 'embedded' ? 'store (SQLite)' : 'store (Elasticsearch)';
  await using stack = new AsyncDisposableStack();
  try {
    const pack = await describePack(config.pack, config.modelDir);
    const { gallery, queue } = await openStores(config, { keys: keysOf(config), pack, log }, stack);
    const findings = [await checkGallery(part, gallery), await checkPackInForce(gallery)];
    return [...findings, await checkQueue(config, () => queue.check())];
  } catch (error) {
    const todo =
      config.stores.mode === 'embedded'
        ? 'DATA_DIR must be a folder this user may write, made with the same MASTER_KEY.'
        : 'Check ELASTICSEARCH_URL, REDIS_URL, user, password and CA, and that both servers run.';
    return [{ part, state: 'fail', what: messageOf(error), todo }];
  }
}

async function checkGallery(part: string, gallery: Gallery): Promise<Finding> {
  try {
    await gallery.check();
    const scopes = await gallery.scopes();
    for (const { scope } of scopes) {
      if (firstBreak(await gallery.ledger(scope)) === undefined) continue;
      const todo = 'Somebody changed the store by hand. Keep it as evidence and restore a backup.';
      return { part, state: 'fail', what: 'a ledger was tampered with', todo };
    }
    return { part, state: 'ok', what: `answers; ${scopes.length} groups, every ledger whole` };
  } catch (error) {
    return {
      part,
      state: 'fail',
      what: messageOf(error),
      todo: 'The store does not answer: is it running, with room on its disk?',
    };
  }
}

/** Do bot and workers compare faces by the same models, and did people enrol with them? */
async function checkPackInForce(gallery: Gallery): Promise<Finding> {
  const part = 'models in use';
  try {
    await gallery.checkPack();
    let outdated = 0;
    for (const { scope } of await gallery.scopes()) {
      const people = await gallery.people(scope);
      outdated += people.filter(({ standing }) => standing.outdated === standing.templates).length;
    }
    if (outdated === 0) return { part, state: 'ok', what: 'those of every bot and every enrolment' };
    const what = `${outdated} people enrolled with other models, and are found by nobody`;
    return {
      part,
      state: 'warn',
      what,
      todo: 'Their searches tell them to send /enroll again. Was FACE_PACK meant to change?',
    };
  } catch (error) {
    return { part, state: 'fail', what: messageOf(error), todo: 'Until then searches and enrolments are refused.' };
  }
}

async function checkQueue({ stores }: Config, check: () => Promise<void>): Promise<Finding> {
  const part = stores.mode === 'embedded' ? 'queue (in process)' : 'queue (Redis)';
  try {
    await check();
    return { part, state: 'ok', what: 'takes jobs' };
  } catch (error) {
    return {
      part,
      state: 'fail',
      what: messageOf(error),
      todo: 'Is Redis running, with maxmemory-policy noeviction and memory left?',
    };
  }
}

async function checkPlatforms({ platforms, policyUrl }: Config): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { check } of platforms) findings.push(...((await check?.({ policyUrl, commands: COMMANDS })) ?? []));
  return findings;
}

function messageOf(error: unknown): string {
  return (
    explained(error)?.message ??
    'something that facefinder has no sentence for: LOG_LEVEL=debug facefinder start tells it'
  );
}
