import type { PhotoCall } from '../src/chat/command.ts';
import type { Account } from '../src/chat/limits/disclosure.ts';
import type { Comparison, ResultFace } from '../src/chat/reply.ts';
import type { Person } from '../src/consent/who.ts';
import type { Box, Seen } from '../src/face/face.ts';
import type { Candidate } from '../src/gallery/gallery.ts';
import { type Judgement, type Named, type Near, verdictOf } from '../src/match/matcher.ts';
import { chancesRestOn } from '../src/match/own-pairs.ts';
import { onceEach } from '../src/match/recurrence.ts';
import type { Verdict } from '../src/match/verdict.ts';
import type { Tools } from './tools.ts';

/** A face of an answer, and who it may be. */
export interface LookedFace {
  /** The number, from 1 over all photos. */
  readonly number: number;
  readonly box: ResultFace['box'];
  readonly verdict: Verdict;
  /** The people who are named, best first. */
  readonly matches: readonly Named<Candidate>[];
  /** The people about whom the answer tells something, named or not. */
  readonly near: readonly Near<Candidate>[];
}

/** Says who of the group each face may be, photo by photo. `account` is told who is near. */
export async function nameFaces(
  tools: Tools,
  call: PhotoCall,
  photos: readonly Seen[],
  account: Account,
): Promise<{ readonly compared: Comparison; readonly photos: readonly (readonly LookedFace[])[] }> {
  const embeddings = photos.flatMap(({ faces }) => faces.map(({ embedding }) => embedding));
  const { templates, own, faces } = await tools.gallery.search(call.scope, embeddings, account.near);
  const compared = {
    templates,
    faces: embeddings.length,
    power: tools.matcher.powerIn(own),
    chancesRestOn: chancesRestOn(own),
  };
  const present = presence(tools, call);
  const looked: LookedFace[][] = [];
  let first = 0;
  for (const photo of photos) {
    const judged = photo.faces.map((_, index) => tools.matcher.judge(faces[first + index] ?? [], compared));
    const once = onceEach(judged, ({ person }) => person.id);
    const offset = first;
    const those = once.map(async (face, index) => ({
      number: offset + index + 1,
      box: whole(photo.faces[index]?.box ?? [0, 0, 0, 0]),
      near: face.near,
      ...(await present(face)),
    }));
    looked.push(await Promise.all(those));
    first += photo.faces.length;
  }
  return { compared, photos: looked };
}

/** Removes from a judgement people who have left, or may not be shown. */
function presence(tools: Tools, call: PhotoCall) {
  const isMember = memberCheck(tools, call);
  const isShown = call.ask.choice === 'show';
  // A whole group sees only names of people who agreed to be shown.
  const mayBeSaid = async ({ person, shown }: Candidate) => (!isShown || shown) && (await isMember(person));
  return async ({ matches: all, similar }: Judgement<Candidate>) => {
    const matches: Named<Candidate>[] = [];
    for (const match of all) if (await mayBeSaid(match.candidate)) matches.push(match);
    const others: Candidate[] = [];
    // The people who are only similar are checked only when nobody is named.
    for (const one of matches.length > 0 ? [] : similar) if (await mayBeSaid(one)) others.push(one);
    return { matches, verdict: verdictOf({ matches, similar: others }) };
  };
}

/**
 * Asks the platform about each person whom the answer mentions, once. A platform that is down hides
 * nobody. A person whom the platform does not confirm stays hidden, except an asker who wrote from
 * inside.
 */
function memberCheck({ membership }: Tools, { ask }: PhotoCall): (person: Person) => Promise<boolean> {
  const asked = new Map<string, Promise<boolean>>();
  return (person) => {
    const known = asked.get(person.id);
    if (known) return known;
    const isSender = ask.sentInside === true && person.id === ask.person.id;
    const answer = ask.place
      ? membership(ask.place, person.id).then(
          (state) => state === 'member' || state === 'down' || (state === 'no_proof' && isSender),
        )
      : Promise.resolve(false);
    asked.set(person.id, answer);
    return answer;
  };
}

function whole([x, y, width, height]: Box): ResultFace['box'] {
  return [Math.round(x), Math.round(y), Math.round(width), Math.round(height)];
}
