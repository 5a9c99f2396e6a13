import { NEXT } from '../../src/bots/page/next.ts';
import type { WireReply } from '../../src/bots/page/render.ts';
import { browserWordsFor, wordsFor } from '../../src/text/words.ts';
import type { Booth, Button, Coming, Shown } from './booth.ts';
import { type Program, until } from './program.ts';
import { titleOf } from './telegram.ts';

/** The page: everything is said in a group, and answered at once. */
export function pageBooth(program: Program): Booth {
  const people = new Map<number, { readonly name: string; readonly language: string }>();

  function follow(who: number, path: string, body: FormData | string, type?: string): Coming {
    const { language = 'en' } = people.get(who) ?? {};
    // Each request has its own connection. The program could close a kept one just when it is used
    // again.
    const headers = {
      'accept-language': language,
      connection: 'close',
      ...(type !== undefined && { 'content-type': type }),
    };
    let shown: Shown[] = [];
    let isAgain = false;
    const first = (async () => {
      const { url } = program;
      const send = async () => {
        const response = await fetch(program.url + path, { method: 'POST', headers, body });
        return { status: response.status, text: await response.text() };
      };
      // Like the page, sends the request once more if the program dies before it answers, and
      // starts again.
      const { status, text } = await send().catch(async () => {
        isAgain = true;
        await until('a program that has started again', () => program.url !== url);
        return await send();
      });
      if (status !== 200) throw new Error(`${path} answered ${status}: ${text}`);
      const { replies } = JSON.parse(text) as { readonly replies: readonly WireReply[] };
      const answers = replies.filter((reply) => reply.kind !== 'receipt' || reply.of === 'erasure');
      shown = answers.map(shownOf);
      const steps = stepsAfter(answers, language);
      shown = shown.map((one, index) => (index === 0 ? { ...one, buttons: [...one.buttons, ...steps] } : one));
      if (shown.length === 0) throw new Error('the page answered nothing');
    })();
    return { first, all: () => shown, isHeard: () => true, isAgain: () => isAgain };
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

/** The next steps that the page itself offers below an answer, by the page's own table. */
function stepsAfter(replies: readonly WireReply[], language: string): Button[] {
  const isAsked = replies.some((reply) => 'actions' in reply && (reply.actions ?? []).length > 0);
  const [main] = replies;
  if (isAsked || !main || main.kind === 'consent' || main.kind === 'confirm') return [];
  const step = { isLink: false, isStep: true };
  if (main.kind !== 'error') {
    const words = browserWordsFor(language);
    return NEXT.after[main.kind].map(({ command, words: key }) => ({
      ...step,
      id: `next:${command}`,
      label: words[key],
    }));
  }
  const next = main.next ?? NEXT.afterProblem[main.code];
  const command = next === 'again' || next === 'photo' ? undefined : next;
  return [{ ...step, id: `next:${next}`, label: command ? wordsFor(language).commands[command].button : next }];
}
