import { setTimeout as sleep } from 'node:timers/promises';
import type { InlineKeyboardButton } from 'grammy/types';
import { TAKE_BACK } from '../../src/chat/showing/shown.ts';
import { LOCALES, wordsFor } from '../../src/text/words.ts';
import { type Account, type People, peopleOf } from '../bots/telegram/platform/people.ts';
import { asMessage, BOT, type Group, keyOf, type Posted } from '../bots/telegram/platform/world.ts';
import type { Booth, Button, Coming, Said, Shown } from './booth.ts';
import type { Program } from './program.ts';

/** How placeholders begin, in every language. */
export const LOOKING = LOCALES.map((locale) => wordsFor(locale).find.looking);

/** Telegram: everything personal is answered in private. */
export function telegramBooth({ telegram: api }: Program): Booth {
  const people = peopleOf(api);
  const accounts = new Map<number, Account>();
  const groups = new Map<number, Group>();
  let queries = 0;

  const account = (who: number) => there(accounts.get(who));
  const groupOf = (group: number) => {
    const found = groups.get(group) ?? people.group(titleOf(group), [], { basic: true });
    groups.set(group, found);
    return found;
  };

  /** Running answers about a series. They may change at any time. */
  const running = new Set<string>();
  const isRunning = (message: Posted) => {
    const key = keyOf(message.chat, message.id);
    if (message.keyboard.flat().some(isOfSeries)) running.add(key);
    return running.has(key);
  };

  /**
   * Follows what changes in a person's private chat and in the group, from `act` on. It follows a
   * running answer only if `isAwaited`.
   */
  function follow(who: number, group: number | undefined, act: () => Acted, isAwaited = false): Coming {
    const chat = group === undefined ? undefined : groupOf(group).chat.id;
    const inSight = () => visible(people, account(who).id, chat).filter((one) => !isRunning(one) || isAwaited);
    const before = new Map(inSight().map((message) => [keyOf(message.chat, message.id), looks(message)]));
    const calls = api.calls.length;
    const { updates, query, pressed } = act();
    const alert = () => api.calls.find(({ method, params }) => isAlert(method, params, query))?.params.text;
    const changed = () => {
      return inSight().filter((one) => before.get(keyOf(one.chat, one.id)) !== looks(one));
    };
    // Whether the pressed message was changed and still shows what it showed before.
    const isSame = () =>
      pressed !== undefined &&
      !changed().some(({ chat, id }) => chat === pressed.chat && id === pressed.id) &&
      api.calls.slice(calls).some(({ method, params }) => {
        const isEdited = /^editMessage(Text|Media)$/.test(method) && Number(params.message_id) === pressed.id;
        return isEdited && Number(params.chat_id) === pressed.chat;
      });
    const all = (): Shown[] => {
      const told = alert();
      const same =
        pressed && isSame() ? [shownOf(api.world.messages.get(keyOf(pressed.chat, pressed.id)) ?? pressed)] : [];
      const shown = changed().map((one) => withPicker(shownOf(one), pickersOf(account(who).id)));
      return [...same, ...shown, ...(told === undefined ? [] : [{ text: String(told), buttons: [] }])];
    };
    const isThere = () =>
      changed().length > 0 && changed().every(({ text = '' }) => !LOOKING.some((looking) => text.startsWith(looking)));
    const first = (async () => {
      await api.until('the update is taken in', () => updates.every((id) => !isPending(id)));
      await api.until('an answer', () => isThere() || isSame() || alert() !== undefined);
    })();
    return {
      first,
      all,
      // Nothing is lost, because Telegram sends again what the bot has not confirmed.
      isHeard: () => true,
      repeat: () => updates.forEach(api.updates.repeat),
    };
  }

  /** Telegram's own lists of groups in a private chat, by the text above each list. */
  const pickersOf = (chat: number) =>
    api.calls.flatMap(({ method, params }) => {
      const { keyboard } = (params.reply_markup ?? {}) as { readonly keyboard?: readonly (readonly Picker[])[] };
      const [picker] = keyboard?.flat() ?? [];
      return method === 'sendMessage' && params.chat_id === chat && picker
        ? [{ text: String(params.text), picker }]
        : [];
    });

  const isPending = (id: number) => api.updates.pending().some(({ update_id }) => update_id === id);

  function send(who: number, said: Said): Acted {
    const { words, photos, group, media } = said;
    const person = account(who);
    const sending = {
      photos: photos.map(({ bytes }) => bytes),
      asDocument: said.asFiles ?? false,
      forwarded: said.isForwarded ?? false,
      ...replyTo(people, said, group === undefined ? person.id : groupOf(group).chat.id),
    };
    if (media) {
      api.world.started.add(person.id);
      const posted: Posted = {
        chat: person.id,
        id: nextId(person.id),
        from: person.id,
        keyboard: [],
        spoiler: false,
        protect: false,
        edits: 0,
      };
      api.world.messages.set(keyOf(posted.chat, posted.id), posted);
      const file = { file_id: 'x', file_unique_id: 'x', file_size: 10 };
      return { updates: [api.updates.add({ message: { ...asMessage(api.world, posted), [media]: file } } as never)] };
    }
    const id = group === undefined ? person.says(words, sending) : person.saysIn(groupOf(group), words, sending);
    // Of an album in a group, the bot gets only the part with the command.
    const parts = group === undefined ? Math.max(1, photos.length) : 1;
    return { updates: Array.from({ length: parts }, (_, index) => id + index) };
  }

  const nextId = (chat: number) =>
    Math.max(0, ...[...api.world.messages.values()].filter((one) => one.chat === chat).map(({ id }) => id)) + 1;

  return {
    hasPrivate: true,
    join(who, name, language, own, admin) {
      const person = people.person(name, { language_code: language });
      accounts.set(who, person);
      for (const group of own) {
        groupOf(group).members.set(person.id, admin.includes(group) ? 'administrator' : 'member');
      }
    },
    says: (who, said) =>
      follow(who, said.group, () => send(who, said), said.group === undefined && !said.words.startsWith('/')),
    presses(who, { at }, button, group) {
      if (button.isLink) return follow(who, undefined, () => ({ updates: [account(who).says(`/start ${button.id}`)] }));
      if (button.picks !== undefined) {
        const { user, id } = account(who);
        const { chat: picked } = groupOf(button.picks);
        const shared = { request_id: Number(button.id.slice(PICK.length)), chat_id: picked.id, title: picked.title };
        const chat = { id, type: 'private', first_name: user.first_name };
        const message = { message_id: nextId(id), date: 1, chat, from: user, chat_shared: shared };
        return follow(who, undefined, () => ({ updates: [api.updates.add({ message } as never)] }));
      }
      return follow(who, group, () => {
        queries += 1;
        const query = `query${queries}`;
        const { user } = account(who);
        const message = asMessage(api.world, at as Posted);
        const callback_query = { id: query, from: user, message, chat_instance: 'c', data: button.id };
        return { query, pressed: at as Posted, updates: [api.updates.add({ callback_query } as never)] };
      });
    },
    invitation(group) {
      const posted = people.inChat(groupOf(group).chat.id).flatMap((message) => shownOf(message).buttons);
      const last = posted.findLast(({ id, isLink }) => isLink && id.startsWith('enroll_'));
      return last && ((who) => follow(who, undefined, () => ({ updates: [account(who).says(`/start ${last.id}`)] })));
    },
    posts(group) {
      const results = people.inChat(groupOf(group).chat.id).filter(isResult);
      return results.map((message) => ({ key: keyOf(message.chat, message.id), shown: shownOf(message) }));
    },
    leaves: (who, group) => {
      const { chat, members } = groupOf(group);
      const { user } = account(who);
      members.set(user.id, 'left');
      const message = { message_id: nextId(chat.id), date: 1, from: user, chat, left_chat_member: user };
      api.updates.add({ message } as never);
    },
    returns: (who, group) => void groupOf(group).members.set(account(who).id, 'member'),
    moves(group) {
      const old = groupOf(group);
      if (old.chat.type === 'group') groups.set(group, people.upgrade(old));
    },
    async settled() {
      await api.until('all updates are taken in', () => api.updates.pending().length === 0);
      await sleep(0);
    },
  };
}

const PICK = 'pick-';

interface Picker {
  readonly text: string;
  readonly request_chat: { readonly request_id: number };
}

/**
 * The message with Telegram's own list of groups below it, if there is one. A message has either
 * the list or buttons.
 */
function withPicker(shown: Shown, pickers: readonly { readonly text: string; readonly picker: Picker }[]): Shown {
  const last = pickers.findLast(({ text }) => text === shown.text);
  if (!last) return shown;
  const { text, request_chat } = last.picker;
  return { ...shown, buttons: [{ id: `${PICK}${request_chat.request_id}`, label: text, isLink: false }] };
}

/** What a person did: the updates that report it to the bot, and the query of a press. */
interface Acted {
  readonly updates: readonly number[];
  readonly query?: string;
  /** The message whose button was pressed. */
  readonly pressed?: Posted;
}

export const titleOf = (group: number) => `Club ${group}`;

function there<T>(one: T | undefined): T {
  if (one === undefined) throw new Error('nobody knows them');
  return one;
}

/**
 * The messages that a person sees, without receipts of consent, and without photos that come back
 * by reference.
 */
function visible(people: People, person: number, group: number | undefined): Posted[] {
  const all = [...people.inChat(person), ...(group === undefined ? [] : people.inChat(group))];
  return all.filter(({ document, caption = '' }) => {
    const isReceipt = document?.name.startsWith('facefinder-consent-');
    return !isReceipt && !/^(Photo|Foto) \d+(: \w+)?$/.test(caption);
  });
}

const isOfSeries = (button: InlineKeyboardButton) =>
  'callback_data' in button && button.callback_data.startsWith('series:');

/**
 * Whether a message is a result that the group was shown. The bot posts no other photos in a group.
 */
function isResult({ photo, keyboard }: Posted): boolean {
  const deletes = (button: InlineKeyboardButton) => 'callback_data' in button && button.callback_data === TAKE_BACK;
  return photo !== undefined || keyboard.flat().some(deletes);
}

/**
 * What a message looks like without its buttons, because a message that only loses buttons tells
 * nothing.
 */
function looks({ text, caption, photo, document }: Posted): string {
  return JSON.stringify([text, caption, photo, document]);
}

function isAlert(method: string, params: Readonly<Record<string, unknown>>, query: string | undefined): boolean {
  return method === 'answerCallbackQuery' && params.callback_query_id === query && params.text !== undefined;
}

function replyTo(people: People, { isReply = false }: Said, chat: number) {
  const last = isReply ? people.inChat(chat).at(-1) : undefined;
  return last && last.from === BOT.id ? { replyTo: last } : {};
}

function shownOf(message: Posted): Shown {
  const { text, caption, keyboard } = message;
  return { text: text ?? caption ?? '', buttons: keyboard.flat().flatMap(buttonOf), at: message };
}

function buttonOf(button: InlineKeyboardButton): Button[] {
  if ('callback_data' in button) return [{ id: button.callback_data, label: button.text, isLink: false }];
  const start = 'url' in button ? /\?start=(.+)$/.exec(button.url)?.[1] : undefined;
  return start === undefined ? [] : [{ id: start, label: button.text, isLink: true }];
}
