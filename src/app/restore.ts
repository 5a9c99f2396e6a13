import { existsSync, mkdirSync } from 'node:fs';
import { DEFAULT_PACK, describePack } from '../../models/pack.ts';
import { type Backup, checkBackup, openBackup } from '../backup/backup.ts';
import { Cause, type CauseCode, causeOf } from '../cause.ts';
import { OperatorError } from '../causes/operator-error.ts';
import { shownResults } from '../chat/showing/shown.ts';
import type { Config } from '../config.ts';
import type { Restored } from '../consent/ledger.ts';
import { receiptSigner } from '../consent/receipt.ts';
import { DAY_MS } from '../consent/sweep.ts';
import type { Person, ScopeId } from '../consent/who.ts';
import { Failure } from '../failure.ts';
import { TOMBSTONE_RETENTION_MS, type Tombstone } from '../gallery/erasure.ts';
import { ledgerAfter, mergedErasures, restoredScope } from '../gallery/rules/restore.ts';
import type { GalleryExport } from '../gallery/transfer.ts';
import { openLog } from '../log.ts';
import type { Pending } from '../queue/pending.ts';
import type { Keys } from '../secrets/keys.ts';
import { type Anchor, anchorOf, type Noted, type Witness, witnessOn } from '../witness/witness.ts';
import { ownKeys } from './backup.ts';
import { shelve } from './lasting.ts';
import { NoGallery, withReading } from './reading.ts';
import { galleryFile, pendingFile } from './stores.ts';
import { assertNotMoved, witnessFile } from './witness.ts';

/** What a restore did. */
export interface Done {
  /** When the backup was made, milliseconds since 1970. */
  readonly backupAt: number;
  readonly scopes: number;
  readonly people: number;
  /** People in the backup who were erased after it was made, and were left out. */
  readonly erased: number;
  /** How many erasures of the journal were unreadable. */
  readonly unreadable: number;
  /** How many ledgers have fewer entries in the backup than the second place knows. */
  readonly shortened: number;
}

interface Options {
  /**
   * Whether the operator says that the second place is lost. Then nobody can tell who was erased
   * after the backup, and the operator answers for that.
   */
  readonly journalLost: boolean;
  readonly now?: number;
}

/**
 * Replaces the gallery by a backup. People who were erased since the backup are left out before
 * anything is written. Each ledger notes the restore, and the second place notes the new ledgers.
 * @throws OperatorError that says what to do, and changes nothing, when the backup has another key,
 * pack or gallery, is older than the journal of erasures, or a facefinder runs
 */
export async function restore(config: Config, path: string, options: Options): Promise<Done> {
  if (!existsSync(path)) throw new OperatorError(`There is no file ${path}.`);
  const { now = Date.now() } = options;
  const keys = ownKeys(config);
  await checkBackup(path, keys);
  const backup = await openBackup(path, keys);
  const pack = await packOf(config, backup);
  const known = await erasuresHere(config, backup);
  await using stack = new AsyncDisposableStack();
  const target = await openTarget(config, keys, pack, backup, stack);
  const noted = await journalOf(target.witness, backup, options, now);
  const journal = [...mergedErasures(known, noted).values()];
  const following = await followed(backup, keys, { journal, anchors: await target.witness.anchors(), now });
  for (const erasures of [journal, await backup.source.tombstones()]) await target.witness.note(erasures);
  await target.put(following.source);
  await bringShown(target, backup, keys, following.erased, now);
  await target.witness.replaceAnchors(following.anchors);
  return { ...following.done, unreadable: noted.filter((one) => one.isUnreadable).length };
}

/**
 * The pack of the restored gallery. It is the backup's pack.
 * @throws OperatorError when FACE_PACK names another pack, or when the backup's pack has another
 * version now
 */
async function packOf(config: Config, { head }: Backup): Promise<PackVersion> {
  const name = config.pack ?? head.pack?.slice(0, head.pack.lastIndexOf('@')) ?? DEFAULT_PACK;
  const pack = await describePack(name, config.modelDir);
  if (head.pack === undefined || head.pack === pack.id) return pack;
  throw new OperatorError(
    `The backup is of the pack ${head.pack}, and FACE_PACK is ${pack.id}: their templates do not compare. ` +
      'Set FACE_PACK to that of the backup.',
  );
}

/**
 * The causes with which a gallery may be replaced by a backup: it is missing, or cannot be read.
 */
const REPLACEABLE: readonly (CauseCode | undefined)[] = ['database_unreadable', 'elasticsearch_missing'];

/**
 * The erasures that the present gallery knows. The second place may have missed one of them. Empty
 * when there is no gallery, or when it cannot be read.
 * @throws OperatorError when people are in another gallery, which this backup would replace
 */
async function erasuresHere(config: Config, { head }: Backup): Promise<readonly Tombstone[]> {
  if (config.stores.mode === 'embedded' && !existsSync(galleryFile(config.dataDir))) return [];
  const here = await withReading(config, async ({ gallery }) => {
    if ((await gallery.id()) === head.gallery) return await gallery.tombstones();
    for (const { scope } of await gallery.scopes()) if ((await gallery.people(scope)).length > 0) return 'another';
    return [];
  }).catch((error) => {
    if (error instanceof NoGallery || REPLACEABLE.includes(causeOf(error)?.code)) return [];
    throw error;
  });
  if (here !== 'another') return here;
  throw new OperatorError(
    'The backup is of another gallery than the one here, in which there are people. Move that away first.',
  );
}

type PackVersion = Awaited<ReturnType<typeof describePack>>;

interface Target {
  readonly witness: Witness;
  /**
   * The shelves for notes of what groups were shown. Undefined when these notes are there already,
   * and newer than the backup.
   */
  readonly shelves: () => Promise<Pending | undefined>;
  /** Replaces the present gallery by `source`. */
  readonly put: (source: GalleryExport) => Promise<void>;
}

async function openTarget(
  config: Config,
  keys: Keys,
  pack: PackVersion,
  { head }: Backup,
  stack: AsyncDisposableStack,
): Promise<Target> {
  if (config.stores.mode === 'production') {
    const { redis, elasticsearch } = config.stores;
    const { bullmqQueue } = await import('../queue/bullmq.ts');
    const queue = stack.use(bullmqQueue(redis));
    if ((await queue.state()).workers > 0)
      throw new OperatorError(
        'Workers run on this gallery, or one was killed in the last 15 seconds. Stop them and the bot first, then restore, then start them again.',
      );
    const { redisPending } = await import('../queue/redis/pending.ts');
    const { clearElasticsearch, importIntoElasticsearch } = await import('../gallery/elasticsearch/import.ts');
    const options = { ...elasticsearch, keys, pack };
    const pending = stack.use(redisPending(redis));
    const witness = witnessOn(pending, keys);
    // Redis keeps the second place and the shelves. When it has lost one of them, it has lost both.
    const isLost = (await witness.begun()) === undefined;
    return {
      witness,
      shelves: async () => (isLost ? pending : undefined),
      async put(source) {
        await clearElasticsearch(options);
        await importIntoElasticsearch(options, source);
      },
    };
  }
  const { openSqlitePending } = await import('../queue/embedded/pending.ts');
  const { importIntoSqlite } = await import('../gallery/sqlite/import.ts');
  const { besideOf, removeBeside, replaceDatabase } = await import('../sqlite/replace.ts');
  const { isInUse } = await import('../sqlite/in-use.ts');
  const file = galleryFile(config.dataDir);
  // This is checked first. Otherwise the restore would fail only at its end, and leave half a
  // gallery beside the one in use.
  if (isInUse(file)) throw new Cause('database_busy', { where: file });
  const shelves = stack.use(await openSqlitePending({ file: witnessFile(config.stateDir, head.gallery) }));
  const witness = witnessOn(shelves, keys);
  await assertNotMoved(witness, file);
  const fresh = besideOf(file);
  stack.defer(() => removeBeside(file));
  const beside = pendingFile(config.dataDir);
  return {
    witness,
    shelves: async () => (existsSync(beside) ? undefined : stack.use(await openSqlitePending({ file: beside }))),
    async put(source) {
      mkdirSync(config.dataDir, { recursive: true, mode: 0o700 });
      await importIntoSqlite(fresh, keys, source);
      replaceDatabase(file, fresh);
    },
  };
}

/**
 * Brings back notes of what groups were shown, if they were lost. Posts that name people who were
 * erased after the backup must be deleted. A restore reaches no platform, so it marks these posts,
 * and the next start deletes them.
 */
async function bringShown(
  target: Target,
  backup: Backup,
  keys: Keys,
  erased: readonly Erased[],
  now: number,
): Promise<void> {
  const pending = await target.shelves();
  if (!pending) return;
  await shelve(pending, await backup.shelves());
  const courier = (): never => {
    throw new Failure('unavailable');
  };
  const shown = shownResults(pending, keys, { now: () => now, log: openLog('silent'), courier });
  for (const { scope, person } of erased) await shown.takeBack(scope, person);
}

/**
 * The erasures that the journal of the second place knows. They include all erasures since the
 * backup, unless the operator says that the second place is lost. An absent journal begins now.
 * @throws OperatorError when the backup is older than any journal can reach back, or when it is
 * older than this journal and the operator does not say that the second place is lost
 */
async function journalOf(
  witness: Witness,
  { head }: Backup,
  { journalLost }: Options,
  now: number,
): Promise<readonly Noted[]> {
  if (head.at < now - TOMBSTONE_RETENTION_MS) {
    const days = TOMBSTONE_RETENTION_MS / DAY_MS;
    throw new OperatorError(
      `The backup is of ${day(head.at)}, older than ${days} days: nobody can say any more who was erased since, as journals ` +
        'of erasures reach back no further. Take a younger one, and delete this one.',
    );
  }
  const [begun, forgotten = 0] = [await witness.begun(), await witness.forgotten()];
  const knows = Math.max(begun ?? Number.POSITIVE_INFINITY, forgotten);
  if (head.at < knows && !journalLost) {
    const since = begun === undefined ? 'there is none of this gallery here' : `it reaches back to ${day(knows)}`;
    throw new OperatorError(
      `The backup is of ${day(head.at)}, older than the journal of erasures: ${since}. Nobody can say who was erased ` +
        'in between. Bring the second place back (STATE_DIR of the machine that had it, or its Redis), or take a younger ' +
        'backup. If it is lost for good: --journal-lost, and erase by hand whom you gave receipts since.',
    );
  }
  if (begun === undefined) await witness.begin(now);
  return await witness.journal();
}

interface Erased {
  readonly scope: ScopeId;
  readonly person: Person;
}

interface Known {
  readonly journal: readonly Tombstone[];
  readonly anchors: ReadonlyMap<ScopeId, Anchor>;
  readonly now: number;
}

/**
 * Makes the restored gallery, the new state of the second place, and the result. For this it reads
 * the whole backup. The restored gallery is read from the backup again when it is written.
 */
async function followed({ head, source }: Backup, keys: Keys, { journal, anchors, now }: Known) {
  const signer = await receiptSigner(keys);
  const erasures = mergedErasures(await source.tombstones(), journal);
  const follows = (scope: ScopeId): Restored => {
    const lost = anchors.get(scope)?.seen;
    return { kind: 'restored', backupAt: head.at, ...(lost && { lost }) };
  };
  async function* scopes() {
    for await (const scope of source.scopes())
      yield restoredScope(scope, { keys, erasures, event: follows(scope.scope), now });
  }
  const fresh = new Map<ScopeId, Anchor>();
  const gone: Erased[] = [];
  const done = { backupAt: head.at, scopes: 0, people: 0, erased: 0, shortened: 0 };
  for await (const { scope, erased } of scopes()) {
    done.scopes += 1;
    done.people += scope.people.length;
    done.erased += erased.length;
    gone.push(...erased.map((person) => ({ scope: scope.scope, person })));
    await follow(scope.scope, scope.ledger, scope.ledger.length - 1 - erased.length);
  }
  async function* oldLedgers() {
    for await (const { scope, ledger } of source.oldLedgers())
      yield { scope, ledger: ledgerAfter(ledger, follows(scope), [], now) };
  }
  for await (const { scope, ledger } of oldLedgers()) await follow(scope, ledger, ledger.length - 1);

  async function follow(scope: ScopeId, ledger: Parameters<typeof anchorOf>[2], backedUp: number): Promise<void> {
    if ((anchors.get(scope)?.seen.size ?? 0) > backedUp) done.shortened += 1;
    if (ledger.length > 0) fresh.set(scope, await anchorOf(signer, scope, ledger, now));
  }

  const gallery: GalleryExport = {
    id: async () => head.gallery,
    async *scopes() {
      for await (const { scope } of scopes()) yield scope;
    },
    oldLedgers,
    tombstones: async () => [...erasures.values()],
    pack: () => source.pack(),
    notices: () => source.notices(),
  };
  return { source: gallery, anchors: fresh, done, erased: gone };
}

const day = (at: number): string => new Date(at).toISOString().slice(0, 16).replace('T', ' ');
