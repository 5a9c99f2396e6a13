import type { LedgerEntry } from '../../consent/ledger.ts';
import type { ReceiptSigner } from '../../consent/receipt.ts';
import type { Place } from '../../consent/who.ts';
import { Failure } from '../../failure.ts';
import type { Dossier, Gallery } from '../../gallery/gallery.ts';
import { wordsFor } from '../../text/words.ts';
import type { Ask } from '../ask.ts';
import { groupName } from '../group/group-name.ts';
import type { Reply } from '../reply.ts';
import type { NoticeFacts } from './notice.ts';

interface Parts extends Pick<NoticeFacts, 'contact' | 'policyUrl'> {
  readonly gallery: Gallery;
  readonly signer: Pick<ReceiptSigner, 'signConsent'>;
}

/**
 * Gives people receipts of what they agreed to. It stores nothing for that, because the ledger has
 * everything that a receipt says.
 */
export interface ConsentReceipts {
  /**
   * The receipt for the agreement that came with `ask`; empty when there was none, or it cannot be
   * read now.
   */
  readonly given: (ask: Ask) => Promise<Reply[]>;
  /** The receipts of all agreements in force in a group, one for each purpose. */
  readonly all: (place: Place, held: Dossier) => Promise<readonly string[]>;
}

type Agreed = Extract<LedgerEntry, { kind: 'agreed' }>;

/** Receipts signed by this installation. */
export function consentReceipts(parts: Parts): ConsentReceipts {
  return {
    async given({ place, person, locale, agreed }) {
      if (!agreed || !place) return [];
      try {
        const scope = await parts.gallery.scopeOf(place);
        const held = scope && (await parts.gallery.dossier(scope, person));
        const entry = held && inForce(held).find((one) => one.purpose === agreed);
        if (!scope || !entry) return [];
        const words = wordsFor(locale);
        const receipt = await signed(parts, scope, place, entry);
        const text = words.notice.receipt({ group: groupName(words, place) });
        return [{ kind: 'receipt', of: 'consent', text, group: place.title ?? place.id, receipt }];
      } catch (error) {
        // The answer goes without the receipt, because /mydata gives it too.
        if (error instanceof Failure) return [];
        throw error;
      }
    },
    async all(place, held) {
      const scope = await parts.gallery.scopeOf(place);
      return scope ? await Promise.all(inForce(held).map((entry) => signed(parts, scope, place, entry))) : [];
    },
  };
}

/** The latest agreement to each purpose. */
function inForce({ events }: Dossier): Agreed[] {
  const agreed = events.filter((event) => event.kind === 'agreed');
  return [...new Map(agreed.map((event) => [event.purpose, event])).values()];
}

function signed({ signer, contact, policyUrl }: Parts, scope: string, place: Place, entry: Agreed): Promise<string> {
  const { purpose, version, noticeHash, retentionDays, shown, at, subject, seq, hash } = entry;
  return signer.signConsent({
    scope,
    group: place.title,
    subject,
    at,
    purpose,
    notice: { version, hash: noticeHash },
    days: retentionDays,
    shown,
    operator: contact,
    policy: policyUrl,
    entry: { seq, hash },
  });
}
