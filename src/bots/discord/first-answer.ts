import {
  type ButtonInteraction,
  type ChatInputCommandInteraction,
  type Interaction,
  type MessageContextMenuCommandInteraction,
  MessageFlags,
  type ModalSubmitInteraction,
  RESTJSONErrorCodes,
} from 'discord.js';
import type { Ask, Press } from '../../chat/ask.ts';
import type { Chat } from '../../chat/chat.ts';
import type { Declaration } from '../../chat/command.ts';
import { failureText } from '../../chat/failure.ts';
import type { Place } from '../../consent/who.ts';
import { errorFields, type Log } from '../../log.ts';
import { wordsFor } from '../../text/words.ts';
import { localeOf } from './asks.ts';
import { rightsRow } from './buttons.ts';
import { isRefusal, translate } from './errors.ts';
import type { FirstTimes } from './first-times.ts';
import type { EnrolNotice } from './form.ts';
import { edit, message, text as textPart } from './layout.ts';
import { escapeMarkdown, markdownOf } from './markdown.ts';
import type { CommandIds } from './mentions.ts';

/** The parts that the handlers of interactions work with. */
export interface ListenerContext {
  readonly chat: Pick<Chat, 'ask' | 'press' | 'note' | 'drop' | 'refusal' | 'onlyPlace' | 'enrolsAt' | 'deleteShown'>;
  readonly commands: readonly Declaration[];
  /**
   * The notice for enrolling, in the language of a locale. It must come within a second, because
   * Discord waits only 3 seconds for the form.
   */
  readonly enrolNotice: (locale: string, place: Place) => Promise<EnrolNotice>;
  readonly log: Log;
  /** The ids of the bot's commands. Empty until Discord has given them. */
  readonly commandIds: () => CommandIds;
  /** Called for each interaction that stays without an answer, or is not understood. */
  readonly onUnheard: () => void;
  /** The questions that a press is answering at this moment, each with the person who pressed. */
  readonly pressed: FirstTimes;
}

/** What people do: they type a command, choose a menu's entry, send a form, or press a button. */
export type Asked =
  | ChatInputCommandInteraction
  | MessageContextMenuCommandInteraction
  | ModalSubmitInteraction
  | ButtonInteraction;

/** Says something in a new message that only the person who pressed sees. */
export async function tellAlone({ webhook }: ButtonInteraction, text: string): Promise<void> {
  const body = message(textPart(escapeMarkdown(text)));
  await webhook.send({ ...body, flags: body.flags | MessageFlags.Ephemeral });
}

/**
 * Notes a request, and then acknowledges it. So the request is done even if the program ends right
 * after the acknowledgement. Gives the acknowledged request. If it cannot be acknowledged, this
 * drops it and gives undefined.
 */
export async function hear<T extends Ask | Press>(
  context: ListenerContext,
  request: T,
  acknowledged: () => Promise<boolean>,
): Promise<T | undefined> {
  await context.chat.note(request);
  if (await acknowledged()) return { ...request, acknowledgedAt: Date.now() };
  await context.chat.drop(request);
  return undefined;
}

/** Shows "thinking…" to the asker, and then passes the request on. */
export async function think(context: ListenerContext, interaction: Asked, request: Ask | Press): Promise<void> {
  const thinking = () => acknowledge(context, interaction.deferReply({ flags: MessageFlags.Ephemeral }));
  const heard = await hear(context, request, thinking);
  if (!heard) return;
  await handOn(context, interaction, () => ('action' in heard ? context.chat.press(heard) : context.chat.ask(heard)));
}

/** Answers at once, in a message that only the asker sees. */
export async function say(context: ListenerContext, interaction: Asked, text: string): Promise<void> {
  const rights = rightsRow(wordsFor(localeOf(interaction)));
  const body = message(textPart(markdownOf(text, context.commandIds())), ...rights);
  await acknowledge(context, interaction.reply({ ...body, flags: body.flags | MessageFlags.Ephemeral }));
}

/**
 * Waits until Discord has the first answer to an interaction. Also true when an earlier delivery of
 * the interaction has sent one: the work of that delivery may be lost, so it is done again. False
 * when Discord has no answer, because then nobody could see a result.
 */
export async function acknowledge({ log, onUnheard }: ListenerContext, answer: Promise<unknown>): Promise<boolean> {
  try {
    await answer;
    return true;
  } catch (error) {
    if (isRefusal(error, RESTJSONErrorCodes.InteractionHasAlreadyBeenAcknowledged)) return true;
    log.warn('interaction not acknowledged', errorFields(translate(error)));
    onUnheard();
    return false;
  }
}

/**
 * Does `work`, which passes an interaction on to the chat. If that fails, this tells the person,
 * because Discord does not repeat the interaction.
 */
export async function handOn(
  { log }: ListenerContext,
  interaction: Exclude<Interaction, { type: 4 }>,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    log.error('interaction lost', errorFields(error));
    const { unavailable } = wordsFor(localeOf(interaction)).failures;
    // The message with the button stays, because it may still matter to somebody.
    if (interaction.isButton()) await tellAlone(interaction, unavailable);
    else if ('webhook' in interaction)
      await interaction.webhook.editMessage('@original', edit([textPart(escapeMarkdown(unavailable))]));
  }
}

/** Answers an interaction that belongs to another version of the bot, or to nothing. */
export async function refuse(context: ListenerContext, interaction: Asked): Promise<void> {
  context.log.warn('interaction not understood');
  context.onUnheard();
  await say(context, interaction, failureText(wordsFor(localeOf(interaction)), 'expired'));
}
