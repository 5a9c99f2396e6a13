import type { PhotoTurn } from '../src/chat/command.ts';
import { failureText, photoReply } from '../src/chat/failure.ts';
import { groupName } from '../src/chat/group-name.ts';
import { PARKED_MS } from '../src/chat/parked.ts';
import type { Reply } from '../src/chat/reply.ts';
import type { Face } from '../src/face/face.ts';
import { selfieFace } from '../src/face/selfie.ts';
import { Failure } from '../src/failure.ts';
import { distanceBetween } from '../src/match/distance.ts';
import type { Declared } from './declared.ts';
import type { Tools } from './tools.ts';

/** One ask may bring this many selfies; three make a find far more reliable than one. */
const MAX_SELFIES = 3;
/**
 * Embeddings closer than this come from one photo; two photos of one person are some 0.5 apart or
 * more.
 */
const SAME_PHOTO = 0.05;

/**
 * /enroll: one face on each selfie, all of one person, who is not enrolled here as somebody else.
 */
export const enroll = {
  name: 'enroll',
  kind: 'photos',
  purpose: 'enrol',
  photos: { min: 1, max: MAX_SELFIES, of: 'sender' },
  async run(tools, turn) {
    const { ask, consent, words, now } = turn;
    const { selfies, refused } = await readSelfies(turn);
    const embeddings = selfies.map((face) => face.embedding);
    const known = await knownTemplates(tools, turn);
    if (!isOnePerson(tools, known, embeddings)) {
      return [{ kind: 'error', code: 'several_faces', text: words.enroll.notYou }];
    }
    // A job may be done twice, and people send the same photo again: neither may push better
    // templates out.
    const fresh = embeddings.filter((one) => known.every((other) => distanceBetween(one, other) > SAME_PHOTO));
    if (fresh.length === 0) {
      return [{ kind: 'enrolled', text: words.enroll.alreadyKnown, templates: known.length }, ...refused];
    }
    const isDispute = ask.choice === 'dispute';
    try {
      const options = { isSame: tools.matcher.sameFace, dispute: isDispute, ask: ask.id, now };
      const templates = await tools.gallery.enrol(consent, fresh, options);
      const text = isDispute ? words.enroll.disputed : done(turn, templates);
      return [{ kind: 'enrolled', text, templates }, ...refused];
    } catch (error) {
      if (error instanceof Failure && error.code === 'face_taken') return [await offerDispute(tools, turn)];
      throw error;
    }
  },
} satisfies Declared;

function done({ words, place }: PhotoTurn, templates: number): string {
  const group = groupName(words, place);
  return words.enroll.done({ group, templates, more: templates < MAX_SELFIES, selfies: MAX_SELFIES });
}

/**
 * The faces of the selfies that are good enough, and what is wrong with the others; throws when
 * none is good.
 */
async function readSelfies(turn: PhotoTurn): Promise<{ selfies: Face[]; refused: Reply[] }> {
  const selfies: Face[] = [];
  const failures: { number: number; failure: Failure }[] = [];
  for (const [index, open] of turn.photos.entries()) {
    try {
      const seen = await turn.faces.see(await open(), turn.signal);
      selfies.push(selfieFace(seen.faces));
    } catch (error) {
      if (!(error instanceof Failure) || error.again) throw error;
      failures.push({ number: index + 1, failure: error });
    }
  }
  const [first] = failures;
  if (selfies.length === 0 && first) throw first.failure;
  return { selfies, refused: failures.map(({ number, failure }) => photoReply(number, failure, turn.words)) };
}

/** What this person enrolled here before; templates of another pack version cannot be compared. */
async function knownTemplates({ gallery, pack }: Tools, { scope, consent }: PhotoTurn): Promise<Float32Array[]> {
  const held = await gallery.dossier(scope, consent.person);
  const comparable = (held?.templates ?? []).filter((template) => template.pack === pack);
  return comparable.map((template) => template.embedding);
}

/** Every selfie must look like one before it: of this ask, or enrolled earlier. */
function isOnePerson({ matcher }: Tools, known: readonly Float32Array[], embeddings: readonly Float32Array[]): boolean {
  return embeddings.every((embedding, index) => {
    const before = [...known, ...embeddings.slice(0, index)];
    return before.length === 0 || before.some((other) => matcher.sameFace(distanceBetween(embedding, other), 1));
  });
}

async function offerDispute({ parked }: Tools, { ask, words }: PhotoTurn): Promise<Reply> {
  const id = await parked.park(ask, { for: 'choice' }, PARKED_MS);
  const actions = [{ id: `${id}:dispute`, label: words.enroll.dispute, role: 'confirm' }] as const;
  return { kind: 'error', code: 'face_taken', text: failureText(words, 'face_taken'), actions };
}
