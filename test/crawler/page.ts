import type { WireReply } from '../../src/bots/page/render.ts';
import type { Booth, Coming, Shown } from './booth.ts';
import type { Program } from './program.ts';
import { titleOf } from './telegram.ts';

/** The page: everything is said in a group, and answered at once. */
export function pageBooth(program: Program): Booth {
  const people = new Map<number, { readonly name: string; readonly language: string }>();

  function follow(who: number, path: string, body: FormData | string, type?: string): Coming {
    const { language = 'en' } = people.get(who) ?? {};
    const headers = { 'accept-language': language, ...(type !== undefined && { 'content-type': type }) };
    let shown: Shown[] = [];
    const first = (async () => {
      const response = await fetch(program.url + path, { method: 'POST', headers, body });
      if (response.status !== 200) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
      const { replies } = (await response.json()) as { readonly replies: readonly WireReply[] };
      shown = replies.filter((reply) => reply.kind !== 'receipt' || reply.of === 'erasure').map(shownOf);
      if (shown.length === 0) throw new Error('the page answered nothing');
    })();
    return { first, all: () => shown };
  }

  const speaker = (who: number, group: number | undefined) => {
    const { name = '' } = people.get(who) ?? {};
    return { user: name, name, scope: titleOf(group ?? 0) };
  };

  return {
    hasPrivate: false,
    join: (who, name, language) => void people.set(who, { name, language }),
    says(who, { words, photos, group }) {
      const body = new FormData();
      const fields = { ...speaker(who, group), text: words };
      for (const [key, value] of Object.entries(fields)) body.append(key, value);
      for (const { bytes } of photos) body.append('photo', new Blob([new Uint8Array(bytes)]), 'photo.jpg');
      return follow(who, '/api/messages', body);
    },
    presses(who, _shown, { id }, group) {
      const body = JSON.stringify({ ...speaker(who, group), action: id });
      return follow(who, '/api/actions', body, 'application/json');
    },
    settled: async () => {},
  };
}

function shownOf(reply: WireReply): Shown {
  const actions = 'actions' in reply ? (reply.actions ?? []) : [];
  return { text: reply.text, buttons: actions.map(({ id, label }) => ({ id, label, isLink: false })) };
}
