import { type APIMessage, MessageFlags, Routes } from 'discord-api-types/v10';
import {
  ANSWER_MS,
  type Courier,
  type Invitation,
  type Post,
  type Showing,
  SIGN_OF_LIFE_MS,
} from '../../chat/courier.ts';
import type { Reply } from '../../chat/reply.ts';
import { rightsOf } from '../../chat/rights/rights.ts';
import { Failure } from '../../failure.ts';
import { wordsFor } from '../../text/words.ts';
import { pauseAfter, repeat } from '../../timing/repeat.ts';
import { atMost, within } from '../../timing/within.ts';
import { download, platformHosts } from '../download.ts';
import { type DiscordAddress, discordAddress, discordPhoto } from './address.ts';
import { buttonRows, deleteButton, invitationOf } from './buttons.ts';
import { channelsOf } from './channels.ts';
import { isCertain, translate } from './errors.ts';
import { edit, text as textPart } from './layout.ts';
import { escapeMarkdown } from './markdown.ts';
import { membersOf } from './membership.ts';
import { type CommandIds, commandIds } from './mentions.ts';
import { presenceOf } from './presence.ts';
import { type Message, render } from './render.ts';
import { botRest, type DiscordApi, type Interactions, interactionRest, interactionsUntil } from './rest.ts';
import { type Shown, shownIn } from './standing.ts';
import { postOf, takeBack } from './take-back.ts';

const PHOTO_HOSTS = ['cdn.discordapp.com', 'media.discordapp.net'];
const PHOTO_TIMEOUT_MS = 20_000;

/**
 * How many tries there are, and the pauses between them, when Discord is not reached or fails.
 * Within each try, the client itself repeats without a pause.
 */
const MAX_TRIES = 3;
const NOT_REACHED = { firstMs: 500, longestMs: 1_000 };

/**
 * Answers on Discord by REST. It opens no gateway, and loads only discord.js's REST client. Within
 * `answerMs`, an answer is shown or has failed.
 */
export function discordCourier(api: DiscordApi, answerMs = ANSWER_MS): Courier {
  const bot = botRest(api);
  const rest = interactionRest(api);
  const postingRest = interactionRest(api, { retries: 0 });
  const members = membersOf(bot);
  const presence = presenceOf(bot);
  const channels = channelsOf(bot);
  const idsOf = commandIds(bot);
  const allow = platformHosts(PHOTO_HOSTS, api.apiUrl);

  return {
    audience: 'group',
    hearsMessages: false,

    // The listener has acknowledged the interaction, so the person already sees that work goes on.
    placeholder: async (address) => address,

    async answer(address, replies, { showing, shownIn } = {}) {
      const to = { ...discordAddress(address), ...(shownIn !== undefined && { groupLocale: shownIn }) };
      return await within(answerMs, async (signal) => {
        const interactions = interactionsUntil(signal, rest);
        const ids = await idsOf(to.application);
        // Errors and questions are only for the asker, so an answer with one stays private.
        if (showing && replies.every(({ kind }) => kind === 'result')) {
          const posting = interactionsUntil(signal, postingRest);
          return await showToChannel({ interactions, posting, showing, ids }, to, replies);
        }
        if (to.isPress && replies.every(isBeside)) await sayBeside({ interactions, ids }, to, replies);
        else await smaller({ to, ids }, replies, false, (message) => patch(interactions, to, message));
      });
    },

    async invite(_, invitation, address) {
      if (!address) return 'refused';
      const to = discordAddress(address);
      return await within(answerMs, (signal) => inviteAt(interactionsUntil(signal, postingRest), to, invitation));
    },

    async progress(address, text) {
      const to = discordAddress(address);
      await atMost(
        SIGN_OF_LIFE_MS,
        say(interactionsUntil(AbortSignal.timeout(SIGN_OF_LIFE_MS), postingRest), to, text),
      );
    },

    takeBack: (post) => takeBack(bot, post),

    async fetchPhoto(photo, maxBytes) {
      const { url, bytes } = discordPhoto(photo);
      if (bytes > maxBytes) throw new Failure('image_too_large');
      return await download(url, { maxBytes, timeoutMs: PHOTO_TIMEOUT_MS, allow });
    },

    membership: async (place, personId) =>
      place.platform === 'discord' ? await members.membership(place.id, personId) : 'no_proof',

    // Discord shows a link of this form as the channel's name.
    channelLink: (place, channel) => `https://discord.com/channels/${place.id}/${channel}`,

    channelsThere: (place, among) => channels(place.id, among),

    isAdmin: async (place, _, address) => (discordAddress(address).manages === place.id ? 'yes' : 'no'),

    nameNow: (place, personId) => members.nameNow(place.id, personId),

    presence: (place) => presence(place.id),
  };
}

/**
 * Changes the text of the placeholder, in one try. After a press under a result it changes nothing,
 * so that the result stays visible.
 */
async function say(interactions: Interactions, to: DiscordAddress, text: string): Promise<void> {
  try {
    if (to.isPress && (await read(interactions, to)).attachments.length > 0) return;
    await interactions.patch(original(to), { body: edit([textPart(escapeMarkdown(text))]) });
  } catch (error) {
    throw translate(error);
  }
}

async function read(interactions: Interactions, to: DiscordAddress): Promise<Shown> {
  return shownIn((await interactions.get(original(to))) as APIMessage);
}

interface Clients {
  readonly interactions: Interactions;
  /** Tries each call only once, because a message that may have been posted must not come twice. */
  readonly posting: Interactions;
  readonly showing: Showing;
  readonly ids: CommandIds;
}

/**
 * Posts the replies to the channel, in a new message. A repeated call posts nothing twice. The
 * asker's private message keeps its result; of its buttons, only delete and the rights stay. A new
 * private message tells the asker when posting is not allowed, when nobody knows whether something
 * was posted, and when the post was deleted at once.
 */
async function showToChannel(
  { interactions, posting, showing, ids }: Clients,
  to: DiscordAddress,
  replies: readonly Reply[],
): Promise<void> {
  const words = wordsFor(to.locale);
  const sayNow = (text: string) => sayBeside({ interactions, ids }, to, [{ kind: 'info', text }]);
  const rows = buttonRows([deleteButton(words, to.user)], rightsOf(words, { isPublic: false }));
  await patient(async () => {
    const { parts, attachments } = await read(interactions, to);
    await interactions.patch(original(to), { body: edit([...parts, ...rows], attachments) });
  });
  if (to.mayPost === false) return await sayNow(words.shown.mayNotPost);
  const begun = await showing.begin();
  if (begun === 'shown') return;
  if (begun === 'unknown') return await sayNow(words.shown.unknown);
  let post: Post | undefined;
  try {
    await smaller({ to, ids }, replies, true, async ({ body, files }) => {
      post = postOf(await posting.post(Routes.webhook(to.application, to.token), { body, files }));
    });
  } catch (error) {
    if (!isCertain(error)) return await sayNow(words.shown.unknown);
    await showing.end(undefined);
    throw error;
  }
  // Discord gives the id of each message that it made. Without an id, the post cannot be found.
  if (!post) return await sayNow(words.shown.unknown);
  if ((await showing.end(post)) === 'gone') await sayNow(words.shown.gone);
}

/**
 * Posts an invitation for everybody in the channel. It is a part of the answer to the admin's
 * command, so the bot needs no right there. Discord makes the first message of that answer private
 * to the admin, so another text is sent first.
 */
async function inviteAt(rest: Interactions, to: DiscordAddress, invitation: Invitation): Promise<'posted' | 'refused'> {
  if (to.mayPost === false) return 'refused';
  try {
    await rest.patch(original(to), { body: edit([textPart(wordsFor(to.locale).find.looking)]) });
    await rest.post(Routes.webhook(to.application, to.token), { body: invitationOf(invitation) });
    return 'posted';
  } catch (error) {
    const failure = translate(error);
    if (failure.again || !isCertain(error)) throw failure;
    return 'refused';
  }
}

/** Answers in a new message that only the asker sees. The message at `to` stays as it is. */
async function sayBeside(
  { interactions, ids }: Pick<Clients, 'interactions' | 'ids'>,
  to: DiscordAddress,
  replies: readonly Reply[],
): Promise<void> {
  await smaller({ to, ids }, replies, false, async ({ body, files }) => {
    const note = { ...body, flags: body.flags | MessageFlags.Ephemeral };
    await interactions.post(Routes.webhook(to.application, to.token), { body: note, files });
  });
}

/**
 * Whether this answer to a press comes in a message of its own. Then the message with the button
 * stays unchanged.
 */
function isBeside(reply: Reply): boolean {
  return reply.kind === 'error' && (reply.code === 'not_yours' || reply.code === 'in_progress');
}

async function patch(interactions: Interactions, to: DiscordAddress, { body, files }: Message): Promise<void> {
  const replacing = edit(body.components, body.attachments);
  await patient(() => interactions.patch(original(to), { body: replacing, files }));
}

function original({ application, token }: DiscordAddress) {
  return Routes.webhookMessage(application, token, '@original');
}

/** Sends the message. If Discord finds its files too large, sends it again without files. */
async function smaller(
  { to, ids }: { readonly to: DiscordAddress; readonly ids: CommandIds },
  replies: readonly Reply[],
  isPublic: boolean,
  send: (message: Message) => Promise<void>,
): Promise<void> {
  const words = wordsFor(isPublic ? (to.groupLocale ?? to.locale) : to.locale);
  const { user: asker, maxBytes, mayPost } = to;
  const setting = { words, asker, commandIds: ids, maxBytes, isPublic, isSilenced: mayPost === false };
  try {
    await send(render(replies, setting));
  } catch (error) {
    const failure = translate(error);
    if (failure.code !== 'image_too_large') throw failure;
    await send(render(replies, { ...setting, maxBytes: 0 })).catch((again) => {
      throw translate(again);
    });
  }
}

/**
 * Makes a call, up to {@link MAX_TRIES} times while Discord is not reached or fails. A repeated
 * call must do no harm.
 * @throws the Failure of the last try
 */
async function patient(call: () => Promise<unknown>): Promise<void> {
  const attempt = () => call().catch((error) => Promise.reject(translate(error)));
  await repeat(attempt, (error, tries) => {
    const isPassing = error instanceof Failure && error.again && error.details.seconds === undefined;
    return isPassing && tries < MAX_TRIES ? pauseAfter(tries, NOT_REACHED) : undefined;
  });
}
