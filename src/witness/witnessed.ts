import type { LedgerEntry } from '../consent/ledger.ts';
import type { ReceiptSigner } from '../consent/receipt.ts';
import type { Person, ScopeId } from '../consent/who.ts';
import type { Erasure } from '../gallery/erasure.ts';
import type { Gallery } from '../gallery/gallery.ts';
import { tombstoneHash } from '../gallery/rules/identity.ts';
import { errorFields, type Log } from '../log.ts';
import type { Keys } from '../secrets/keys.ts';
import { type Anchor, anchorOf, type Witness } from './witness.ts';

export interface WitnessParts {
  /**
   * The second place. When it cannot be reached, that is logged, and the gallery works as before.
   */
  readonly witness: Witness;
  readonly keys: Pick<Keys, 'tombstone'>;
  readonly signer: Pick<ReceiptSigner, 'signHead'>;
  readonly log: Log;
  readonly now: () => number;
  /**
   * Called when the second place could not note something. Then {@link reconcile} must run again,
   * so that gallery and second place tell each other of erasures.
   */
  readonly onMissed: () => void;
}

/** A gallery with a second place that knows its ledgers and erasures. */
export interface WitnessedGallery extends Gallery {
  /** The signed head of the scope's ledger as it is now. */
  head(scope: ScopeId): Promise<string>;
  /**
   * Tells the second place of all new entries of all ledgers. Gives the scopes whose ledgers differ
   * from what the second place knows of them.
   * @throws the reason of `signal` once that is aborted
   */
  catchUp(signal?: AbortSignal): Promise<ScopeId[]>;
}

/**
 * How often this process tries to give the second place a ledger's new head. A try fails when
 * another process has just given the second place a newer head. After so many failures, this
 * process leaves the ledger to the others.
 */
const MOST_TRIES = 20;

/**
 * For this time a ledger may have entries that the second place does not know yet, because another
 * process is about to tell it.
 */
const UNTOLD_MS = 10 * 60_000;

/**
 * A layer over a gallery. After each call that adds to a ledger, the second place gets the ledger's
 * new head, and after an erasure it also notes that. If this fails, an error is logged, and the
 * call succeeds all the same, so that nobody is kept from agreeing or leaving.
 */
export function witnessedGallery(gallery: Gallery, parts: WitnessParts): WitnessedGallery {
  const { witness, keys, signer, log, now } = parts;

  /** Gives a ledger's present head to the second place; undefined if that knows another ledger. */
  async function moved(scope: ScopeId): Promise<Anchor | undefined> {
    for (let attempt = 0; attempt < MOST_TRIES; attempt++) {
      const before = await witness.anchor(scope);
      const known = before?.anchor;
      const entries = await gallery.entries(scope, known ? known.seen.size - 1 : 0);
      if (known && entries[0]?.hash !== known.last) return undefined;
      const fresh = known ? entries.slice(1) : entries;
      if (fresh.length === 0) return known;
      const anchor = await anchorOf(signer, scope, fresh, now(), known);
      const isLost = !known && (before || (await hadAnchor(witness, entries, now())));
      if (!(await witness.advance(scope, before, anchor))) continue;
      if (isLost) log.error('anchor lost and begun anew');
      return anchor;
    }
    return undefined;
  }

  /** The present head of the ledger, even when the second place fails or knows another ledger. */
  async function current(scope: ScopeId): Promise<Anchor> {
    const anchor = await unlessItFails('ledger not witnessed', () => moved(scope));
    return anchor ?? (await anchorOf(signer, scope, await gallery.entries(scope, 0), now()));
  }

  async function unlessItFails<T>(what: string, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      log.error(what, errorFields(error));
      parts.onMissed();
      return undefined;
    }
  }

  /** Notes that a person was erased, now or by an earlier call that could not note it. */
  async function journal(scope: ScopeId, person: Person, epochBefore: number | undefined): Promise<void> {
    const { epoch } = await gallery.standing(scope, person);
    if (epoch === 0 || epoch <= (epochBefore ?? 0)) return;
    await witness.noteNew([{ hash: tombstoneHash(keys, scope, person), epoch, at: now() }]);
  }

  const layer: WitnessedGallery = {
    ...gallery,

    async agree(scope, ...said) {
      const standing = await gallery.agree(scope, ...said);
      await unlessItFails('ledger not witnessed', () => moved(scope));
      return standing;
    },

    async enrol(consent, ...said) {
      const templates = await gallery.enrol(consent, ...said);
      await unlessItFails('ledger not witnessed', () => moved(consent.scope));
      return templates;
    },

    async decide(scope, ...said) {
      const ended = await gallery.decide(scope, ...said);
      await unlessItFails('ledger not witnessed', () => moved(scope));
      return ended;
    },

    async erase(scope, person, reason, at, options = {}) {
      const note = () => unlessItFails('erasure not witnessed', () => journal(scope, person, options.epoch));
      let witnessed: Erasure | undefined;
      const told = async (erased: Erasure) => {
        await note();
        witnessed = { ...erased, head: (await current(scope)).seen };
        await options.onErased?.(witnessed);
      };
      const erased = await gallery.erase(scope, person, reason, at, { ...options, onErased: told });
      if (!erased && options.epoch !== undefined) await note();
      return erased && (witnessed ?? erased);
    },

    async tidy(at) {
      await gallery.tidy(at);
      await unlessItFails('second place not tidied', () => tidied(gallery, witness, at));
    },

    head: async (scope) => (await current(scope)).head,

    async catchUp(signal) {
      const scopes = new Set([...(await gallery.scopes()).map(({ scope }) => scope), ...(await witness.scopes())]);
      const broken: ScopeId[] = [];
      for (const scope of scopes) {
        signal?.throwIfAborted();
        if (!(await moved(scope)) && (await witness.anchor(scope))) broken.push(scope);
      }
      return broken;
    },

    [Symbol.asyncDispose]: () => gallery[Symbol.asyncDispose](),
  };
  // A shut gallery is a Proxy without properties, so the layer gets its methods by the prototype.
  return Object.setPrototypeOf(layer, gallery);
}

/**
 * Tidies the second place. The gallery may have dropped a tombstone too early, because a wrong
 * clock had dated it. The journal brings it back.
 */
async function tidied(gallery: Pick<Gallery, 'eraseAgain'>, witness: Witness, at: number): Promise<void> {
  await witness.tidy(at);
  await gallery.eraseAgain(await witness.journal(), at);
}

/**
 * Whether the ledger with these entries must have had an anchor. It must, if the last entry but one
 * was written while the second place knew the gallery, and longer ago than {@link UNTOLD_MS}.
 */
async function hadAnchor(witness: Witness, entries: readonly LedgerEntry[], now: number): Promise<boolean> {
  const at = entries.at(-2)?.at ?? now;
  return at < now - UNTOLD_MS && at >= ((await witness.begun()) ?? now);
}
