import type { WireReply } from '../../../src/bots/page/render.ts';
import { buttonOf, runApp, visitor } from '../../e2e/page-app.ts';
import { type Driver, looksOf, type Seen } from '../conversation.ts';

/**
 * The page as the conversation suite uses it: everything happens in the group, with one HTTP call
 * for each message and press.
 */
export async function pageDriver(): Promise<Driver> {
  let app = await runApp();
  const last = new Map<string, readonly WireReply[]>();

  async function remember(person: string, place: string, replies: readonly WireReply[]): Promise<Seen> {
    last.set(`${person} in ${place}`, replies);
    return await seen(replies);
  }

  return {
    async send(person, place, command, photos = []) {
      return await remember(person, place, await visitor(app.url, person, place).say(`/${command}`, ...photos));
    },
    async press(person, place, role, owner = person) {
      const action = buttonOf(last.get(`${owner} in ${place}`) ?? [], role);
      return await remember(person, place, await visitor(app.url, person, place).press(action));
    },
    async restart() {
      app = await app.restart();
    },
    [Symbol.asyncDispose]: () => app[Symbol.asyncDispose](),
  };
}

type Erased = Extract<WireReply, { kind: 'receipt' }>;

/** The pictures in a reply. */
function picturesOf(reply: WireReply): readonly { readonly picture?: string; readonly alt?: string }[] {
  if (reply.kind === 'presence') return reply.photos;
  return reply.kind === 'result' || reply.kind === 'blurred' ? [reply] : [];
}

function looks(first: WireReply, hasPicture: boolean): Seen['kind'] {
  if (first.kind === 'result') return 'result';
  if (first.kind === 'blurred' || first.kind === 'presence') return hasPicture ? 'result' : 'text';
  return looksOf(first);
}

/**
 * Joins the replies of one answer into one message. Its kind is that of the first reply; it has the
 * texts and buttons of all.
 */
async function seen(replies: readonly WireReply[]): Promise<Seen> {
  const [first] = replies;
  const buttons = replies.flatMap((reply) => ('actions' in reply ? (reply.actions ?? []) : []));
  const result = replies.flatMap(picturesOf).find((one) => one.picture !== undefined);
  const receipt = replies.find((reply): reply is Erased => reply.kind === 'receipt' && reply.of === 'erasure');
  const picture = result?.picture === undefined ? undefined : await (await fetch(result.picture)).bytes();
  return {
    kind: !first ? 'text' : looks(first, picture !== undefined),
    text: replies.map(({ text }) => text).join('\n\n'),
    buttons: buttons.map(({ role, label }) => ({ role, label })),
    ...(picture && { picture }),
    ...(result?.alt !== undefined && { alt: result.alt }),
    ...(receipt && { receipt: receipt.receipt }),
  };
}
