import {
  type ButtonInteraction,
  type ChatInputCommandInteraction,
  type Interaction,
  type InteractionUpdateOptions,
  type MessageContextMenuCommandInteraction,
  MessageFlags,
  type ModalSubmitInteraction,
  RESTJSONErrorCodes,
} from 'discord.js';
import type { Ask, Press } from '../../chat/ask.ts';
import { isAnsweredBeside } from '../../chat/buttons/beside.ts';
import type { Chat } from '../../chat/chat.ts';
import type { Declaration } from '../../chat/command.ts';
import { failureReply } from '../../chat/failure.ts';
import { rightOf } from '../../chat/rights/rights.ts';
import { TAKE_BACK } from '../../chat/showing/shown.ts';
import type { Place } from '../../consent/who.ts';
import { Failure } from '../../failure.ts';
import { errorFields, type Log } from '../../log.ts';
import { type CommandName, wordsFor } from '../../text/words.ts';
import { askAboutMessage, askOf, isUserInstalled, localeOf, origin, photoOf } from './asks.ts';
import { deletedBy, INVITED, rightsRow } from './buttons.ts';
import { isRefusal, translate } from './errors.ts';
import type { FirstTimes } from './first-times.ts';
import { type EnrolNotice, enrolForm, readForm } from './form.ts';
import { edit, message, text as textPart } from './layout.ts';
import { escapeMarkdown, markdownOf } from './markdown.ts';
import type { CommandIds } from './mentions.ts';
import { commandOfEntry, worksWithoutServer } from './registration.ts';
import { shownUnder } from './standing.ts';

/** The command that opens the form with the notice. */
const ENROLS: CommandName = 'enroll';

/** The parts that the handlers of interactions work with. */
export interface ListenerContext {
  readonly chat: Pick<Chat, 'ask' | 'press' | 'note' | 'drop' | 'refusal' | 'onlyPlace' | 'deleteShown'>;
  readonly commands: readonly Declaration[];
  /**
   * The notice for enrolling, in the language of a locale. It must come within a second, because
   * Discord waits only 3 seconds for the form.
   */
  readonly enrolNotice: (locale: string, place: Place) => Promise<EnrolNotice>;
  readonly log: Log;
  /** The ids of the bot's commands. Empty until Discord has given them. */
  readonly commandIds: () => CommandIds;
  /** Called for each interaction that stays without an answer. */
  readonly onUnheard: () => void;
  /** The questions that a press is answering at this moment, each with the person who pressed. */
  readonly pressed: FirstTimes;
}

/**
 * Handles an interaction. Discord waits 3 seconds for a first answer, so it gets one before any
 * long work: "thinking…", a form, a sentence, or a change of the pressed message. Never rejects.
 */
export async function receive(context: ListenerContext, interaction: Interaction): Promise<void> {
  try {
    if (interaction.isChatInputCommand()) await slashCommand(context, interaction);
    else if (interaction.isMessageContextMenuCommand()) await menuEntry(context, interaction);
    else if (interaction.isModalSubmit()) await form(context, interaction);
    else if (interaction.isButton()) await button(context, interaction);
  } catch (error) {
    context.log.error('interaction failed', errorFields(translate(error)));
    context.onUnheard();
  }
}

async function slashCommand(context: ListenerContext, interaction: ChatInputCommandInteraction): Promise<void> {
  const words = wordsFor(localeOf(interaction));
  if (isUserInstalled(interaction) && !worksWithoutServer(context.commands, interaction.commandName)) {
    return await say(context, interaction, words.discord.notInstalledHere);
  }
  const ask = askOf(interaction);
  if (ask.command === ENROLS && ask.photos.length === 0) return await enrol(context, interaction, ask);
  await think(context, interaction, ask);
}

/** Opens the form with the notice. If there can be no form, the answer brings the notice. */
async function enrol(
  context: ListenerContext,
  interaction: ChatInputCommandInteraction | ButtonInteraction,
  ask: Ask,
): Promise<void> {
  const command = context.commands.find(({ name }) => name === ENROLS);
  const place = ask.place ?? (await context.chat.onlyPlace(ask.person));
  const notice = place && (await context.enrolNotice(ask.locale, place));
  const max = command?.kind === 'photos' ? command.photos.max : 0;
  const modal = notice && max > 0 ? enrolForm(wordsFor(localeOf(interaction)), notice, max) : undefined;
  if (modal) await acknowledge(context, interaction.showModal(modal));
  else await think(context, interaction, ask);
}

async function menuEntry(context: ListenerContext, interaction: MessageContextMenuCommandInteraction): Promise<void> {
  const command = commandOfEntry(interaction.commandName);
  if (!command) return;
  if (isUserInstalled(interaction)) {
    return await say(context, interaction, wordsFor(localeOf(interaction)).discord.notInstalledHere);
  }
  await think(context, interaction, askAboutMessage(interaction, command));
}

async function form(context: ListenerContext, interaction: ModalSubmitInteraction): Promise<void> {
  const enrolment = readForm(interaction);
  if (!enrolment) return;
  const { choice, noticeHash, photos } = enrolment;
  const agreed = choice === undefined ? {} : { choice, args: `notice:${noticeHash}` };
  const ask = { args: '', ...origin(interaction), command: ENROLS, photos: photos.map(photoOf), ...agreed };
  await think(context, interaction, ask);
}

async function button(context: ListenerContext, interaction: ButtonInteraction): Promise<void> {
  const right = rightOf(interaction.customId);
  if (right !== undefined) return await exercise(context, interaction, right);
  if (isAnsweredBeside(interaction.customId)) {
    return await think(context, interaction, { ...origin(interaction), action: interaction.customId });
  }
  if (interaction.customId === INVITED) {
    return await enrol(context, interaction, { ...origin(interaction), command: ENROLS, args: '', photos: [] });
  }
  if (interaction.customId === TAKE_BACK) return await takeBack(context, interaction);
  const owner = deletedBy(interaction.customId);
  if (owner === undefined) return await answerQuestion(context, interaction);
  if (owner !== interaction.user.id) {
    return await say(context, interaction, wordsFor(localeOf(interaction)).failures.not_yours);
  }
  if (await acknowledge(context, interaction.deferUpdate())) await interaction.webhook.deleteMessage('@original');
}

/**
 * Deletes a result that a channel was shown, or tells the person that they may not delete it. A
 * press lets the bot delete the message with the button, even where the bot has no rights.
 */
async function takeBack(context: ListenerContext, interaction: ButtonInteraction): Promise<void> {
  if (!(await acknowledge(context, interaction.deferUpdate()))) return;
  await handOn(context, interaction, async () => {
    const { person } = origin(interaction);
    const outcome = await context.chat.deleteShown(
      person,
      { platform: 'discord', id: interaction.message.id },
      async () => {
        await interaction.webhook.deleteMessage('@original');
        return 'gone';
      },
    );
    if (outcome === 'gone') return;
    await tellAlone(interaction, wordsFor(localeOf(interaction)).shown.not_yours);
  });
}

/**
 * Does what a right's button asks for. The message with the button stays. The answer is a new
 * message that only the presser sees.
 */
async function exercise(context: ListenerContext, interaction: ButtonInteraction, command: CommandName): Promise<void> {
  await think(context, interaction, { ...origin(interaction), command, args: '', photos: [] });
}

/**
 * Passes on a press that answers a question. The reply replaces the question's message, which until
 * then says that the press was heard. A second press is answered in a new message: if that answer
 * replaced the reply to the first press, a receipt could be lost.
 */
async function answerQuestion(context: ListenerContext, interaction: ButtonInteraction): Promise<void> {
  const question = `${interaction.customId.split(':', 1)[0]} ${interaction.user.id}`;
  const { address, ...from } = origin(interaction);
  const press = { ...from, address: { ...address, isPress: true }, action: interaction.customId };
  const isFirst = context.pressed.take(question);
  try {
    const refusal = (await context.chat.refusal(press)) ?? (isFirst ? undefined : new Failure('in_progress'));
    if (refusal) {
      const { text } = failureReply(refusal, wordsFor(localeOf(interaction)), context.log);
      return await say(context, interaction, text);
    }
    const looking = () => acknowledge(context, interaction.update(lookingAt(interaction)));
    const heard = await hear(context, press, looking);
    if (!heard) return;
    await handOn(context, interaction, () => pressOrRestore(context, interaction, heard));
  } finally {
    // From now on the chat itself recognises a second press.
    if (isFirst) context.pressed.forget(question);
  }
}

/** Passes a press on. If that fails, this shows the question as before the press, and throws. */
async function pressOrRestore(context: ListenerContext, interaction: ButtonInteraction, press: Press): Promise<void> {
  try {
    await context.chat.press(press);
  } catch (error) {
    const { parts, rows, attachments } = shownUnder(interaction.message);
    await interaction.webhook.editMessage('@original', edit([...parts, ...rows], attachments));
    throw error;
  }
}

/**
 * How a question looks while its answer is being worked on. A result in the same message stays
 * visible.
 */
function lookingAt(interaction: ButtonInteraction): InteractionUpdateOptions {
  const { parts, attachments } = shownUnder(interaction.message);
  if (attachments.length > 0) return edit(parts, attachments);
  return edit([textPart(wordsFor(localeOf(interaction)).find.looking)]);
}

/** Says something in a new message that only the person who pressed sees. */
async function tellAlone({ webhook }: ButtonInteraction, text: string): Promise<void> {
  const body = message(textPart(escapeMarkdown(text)));
  await webhook.send({ ...body, flags: body.flags | MessageFlags.Ephemeral });
}

/**
 * Notes a request, and then acknowledges it. So the request is done even if the program ends right
 * after the acknowledgement. Gives the acknowledged request. If it cannot be acknowledged, this
 * drops it and gives undefined.
 */
async function hear<T extends Ask | Press>(
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
async function think(
  context: ListenerContext,
  interaction:
    | ChatInputCommandInteraction
    | MessageContextMenuCommandInteraction
    | ModalSubmitInteraction
    | ButtonInteraction,
  request: Ask | Press,
): Promise<void> {
  const thinking = () => acknowledge(context, interaction.deferReply({ flags: MessageFlags.Ephemeral }));
  const heard = await hear(context, request, thinking);
  if (!heard) return;
  await handOn(context, interaction, () => ('action' in heard ? context.chat.press(heard) : context.chat.ask(heard)));
}

async function say(
  context: ListenerContext,
  interaction: ChatInputCommandInteraction | MessageContextMenuCommandInteraction | ButtonInteraction,
  text: string,
): Promise<void> {
  const rights = rightsRow(wordsFor(localeOf(interaction)));
  const body = message(textPart(markdownOf(text, context.commandIds())), ...rights);
  await acknowledge(context, interaction.reply({ ...body, flags: body.flags | MessageFlags.Ephemeral }));
}

/**
 * Sends Discord the first answer to an interaction. True when Discord has one, even if an earlier
 * delivery of the interaction sent it: the work of that delivery may be lost, so it must be done
 * now. False when Discord has none: then nobody could see a result.
 */
async function acknowledge({ log, onUnheard }: ListenerContext, answer: Promise<unknown>): Promise<boolean> {
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
async function handOn(
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
