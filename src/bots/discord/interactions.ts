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
import type { Chat } from '../../chat/chat.ts';
import type { Declaration } from '../../chat/command.ts';
import { failureReply } from '../../chat/failure.ts';
import { rightOf } from '../../chat/rights.ts';
import { TAKE_BACK } from '../../chat/shown.ts';
import { saysWrongName } from '../../chat/wrong-names.ts';
import type { Place } from '../../consent/who.ts';
import { Failure } from '../../failure.ts';
import { errorFields, type Log } from '../../log.ts';
import { type CommandName, wordsFor } from '../../text/words.ts';
import { askAboutMessage, askOf, isUserInstalled, localeOf, origin, photoOf } from './asks.ts';
import { deletedBy, INVITED, rightsRow } from './buttons.ts';
import { isRefusal, translate } from './errors.ts';
import type { FirstTimes } from './first-times.ts';
import { type EnrolNotice, enrolForm, readForm } from './form.ts';
import { escapeMarkdown, markdownOf } from './markdown.ts';
import type { CommandIds } from './mentions.ts';
import { FIND_FACES, worksWithoutServer } from './registration.ts';

/** The command behind the form with the notice. */
const ENROLS: CommandName = 'enroll';

/** Where interactions go. */
export interface Desk {
  readonly chat: Pick<Chat, 'ask' | 'press' | 'note' | 'drop' | 'refusal' | 'onlyPlace' | 'deleteShown'>;
  readonly commands: readonly Declaration[];
  /**
   * The notice for enrolling, in the language of a locale, within a second, because Discord waits
   * only 3.
   */
  readonly enrolNotice: (locale: string, place: Place) => Promise<EnrolNotice>;
  readonly log: Log;
  /** Empty until Discord has given them. */
  readonly commandIds: () => CommandIds;
  /** Called for each interaction that nobody answers. */
  readonly onUnheard: () => void;
  /** Questions with a press that is being handled, each with its person. */
  readonly pressed: FirstTimes;
}

/**
 * Handles an interaction. Discord gets its answer first, within 3 seconds under any load:
 * "thinking…", a form, or a sentence. Never rejects.
 */
export async function receive(desk: Desk, interaction: Interaction): Promise<void> {
  try {
    if (interaction.isChatInputCommand()) await slashCommand(desk, interaction);
    else if (interaction.isMessageContextMenuCommand() && interaction.commandName === FIND_FACES) {
      await findFaces(desk, interaction);
    } else if (interaction.isModalSubmit()) await form(desk, interaction);
    else if (interaction.isButton()) await button(desk, interaction);
  } catch (error) {
    desk.log.error('interaction failed', errorFields(translate(error)));
    desk.onUnheard();
  }
}

async function slashCommand(desk: Desk, interaction: ChatInputCommandInteraction): Promise<void> {
  const words = wordsFor(localeOf(interaction));
  if (isUserInstalled(interaction) && !worksWithoutServer(desk.commands, interaction.commandName)) {
    return await say(desk, interaction, words.discord.notInstalledHere);
  }
  const ask = askOf(interaction);
  if (ask.command === ENROLS && ask.photos.length === 0) return await enrol(desk, interaction, ask);
  await think(desk, interaction, ask);
}

/** Opens the form with the notice if there is one. Otherwise the notice comes in the answer. */
async function enrol(
  desk: Desk,
  interaction: ChatInputCommandInteraction | ButtonInteraction,
  ask: Ask,
): Promise<void> {
  const command = desk.commands.find(({ name }) => name === ENROLS);
  const place = ask.place ?? (await desk.chat.onlyPlace(ask.person));
  const notice = place && (await desk.enrolNotice(ask.locale, place));
  const max = command?.kind === 'photos' ? command.photos.max : 0;
  const modal = notice && max > 0 ? enrolForm(wordsFor(localeOf(interaction)), notice, max) : undefined;
  if (modal) await acknowledge(desk, interaction.showModal(modal));
  else await think(desk, interaction, ask);
}

async function findFaces(desk: Desk, interaction: MessageContextMenuCommandInteraction): Promise<void> {
  if (isUserInstalled(interaction)) {
    return await say(desk, interaction, wordsFor(localeOf(interaction)).discord.notInstalledHere);
  }
  await think(desk, interaction, askAboutMessage(interaction));
}

async function form(desk: Desk, interaction: ModalSubmitInteraction): Promise<void> {
  const enrolment = readForm(interaction);
  if (!enrolment) return;
  const { choice, noticeHash, photos } = enrolment;
  const agreed = choice === undefined ? {} : { choice, args: `notice:${noticeHash}` };
  const ask = { args: '', ...origin(interaction), command: ENROLS, photos: photos.map(photoOf), ...agreed };
  await think(desk, interaction, ask);
}

async function button(desk: Desk, interaction: ButtonInteraction): Promise<void> {
  const right = rightOf(interaction.customId);
  if (right !== undefined) return await exercise(desk, interaction, right);
  if (saysWrongName(interaction.customId)) {
    return await think(desk, interaction, { ...origin(interaction), action: interaction.customId });
  }
  if (interaction.customId === INVITED) {
    return await enrol(desk, interaction, { ...origin(interaction), command: ENROLS, args: '', photos: [] });
  }
  if (interaction.customId === TAKE_BACK) return await takeBack(desk, interaction);
  const owner = deletedBy(interaction.customId);
  if (owner === undefined) return await answerQuestion(desk, interaction);
  if (owner !== interaction.user.id) {
    return await say(desk, interaction, wordsFor(localeOf(interaction)).failures.not_yours);
  }
  if (await acknowledge(desk, interaction.deferUpdate())) await interaction.webhook.deleteMessage('@original');
}

/** A press entitles the bot to delete its message, whatever its rights in the channel. */
async function takeBack(desk: Desk, interaction: ButtonInteraction): Promise<void> {
  if (!(await acknowledge(desk, interaction.deferUpdate()))) return;
  await handOn(desk, interaction, async () => {
    const { person } = origin(interaction);
    const outcome = await desk.chat.deleteShown(
      person,
      { platform: 'discord', id: interaction.message.id },
      async () => {
        await interaction.webhook.deleteMessage('@original');
        return 'gone';
      },
    );
    if (outcome === 'gone') return;
    const content = escapeMarkdown(wordsFor(localeOf(interaction)).shown.not_yours);
    await interaction.webhook.send({ content, flags: MessageFlags.Ephemeral });
  });
}

/**
 * The button's message stays, whatever it is. The answer is a new message for the presser alone.
 */
async function exercise(desk: Desk, interaction: ButtonInteraction, command: CommandName): Promise<void> {
  await think(desk, interaction, { ...origin(interaction), command, args: '', photos: [] });
}

/**
 * A question is answered once, and the answer replaces it. Until then it says that the press was
 * heard. A second press is told so in a separate message, because replacing the first one's answer
 * could remove a receipt.
 */
async function answerQuestion(desk: Desk, interaction: ButtonInteraction): Promise<void> {
  const question = `${interaction.customId.split(':', 1)[0]} ${interaction.user.id}`;
  const { address, ...from } = origin(interaction);
  const press = { ...from, address: { ...address, isPress: true }, action: interaction.customId };
  const isFirst = desk.pressed.take(question);
  try {
    const refusal = (await desk.chat.refusal(press)) ?? (isFirst ? undefined : new Failure('in_progress'));
    if (refusal) {
      const { text } = failureReply(refusal, wordsFor(localeOf(interaction)), desk.log);
      return await say(desk, interaction, text);
    }
    const looking = () => acknowledge(desk, interaction.update(lookingAt(interaction)));
    if (!(await hear(desk, press, looking))) return;
    await handOn(desk, interaction, () => pressOrRestore(desk, interaction, press));
  } finally {
    // From here on the chat knows the press.
    if (isFirst) desk.pressed.forget(question);
  }
}

/** A press without effect leaves the question as it was. */
async function pressOrRestore(desk: Desk, interaction: ButtonInteraction, press: Press): Promise<void> {
  try {
    await desk.chat.press(press);
  } catch (error) {
    const { content, embeds, components } = interaction.message;
    await interaction.webhook.editMessage('@original', { content, embeds, components });
    throw error;
  }
}

/** What a question becomes once it is answered. A result above it stays visible. */
function lookingAt(interaction: ButtonInteraction): InteractionUpdateOptions {
  if (interaction.message.attachments.size > 0) return { components: [] };
  return { content: wordsFor(localeOf(interaction)).find.looking, embeds: [], components: [] };
}

/**
 * Notes a request before its acknowledgement, so that it is done even if the program ends
 * meanwhile. False when it was not acknowledged.
 */
async function hear(desk: Desk, request: Ask | Press, acknowledged: () => Promise<boolean>): Promise<boolean> {
  await desk.chat.note(request);
  if (await acknowledged()) return true;
  await desk.chat.drop(request);
  return false;
}

/** Shows "thinking…" to the asker alone, then passes the request on. */
async function think(
  desk: Desk,
  interaction:
    | ChatInputCommandInteraction
    | MessageContextMenuCommandInteraction
    | ModalSubmitInteraction
    | ButtonInteraction,
  request: Ask | Press,
): Promise<void> {
  const thinking = () => acknowledge(desk, interaction.deferReply({ flags: MessageFlags.Ephemeral }));
  if (!(await hear(desk, request, thinking))) return;
  await handOn(desk, interaction, () => ('action' in request ? desk.chat.press(request) : desk.chat.ask(request)));
}

async function say(
  desk: Desk,
  interaction: ChatInputCommandInteraction | MessageContextMenuCommandInteraction | ButtonInteraction,
  text: string,
): Promise<void> {
  const components = rightsRow(wordsFor(localeOf(interaction)));
  const content = markdownOf(text, desk.commandIds());
  const message = { content, components, flags: MessageFlags.Ephemeral } as const;
  await acknowledge(desk, interaction.reply(message));
}

/**
 * Sends Discord its first answer to an interaction. True when Discord has one, from now or from an
 * earlier delivery: then work goes on, because the earlier delivery may be lost. False when it is
 * too late, because nobody could see a result.
 */
async function acknowledge({ log, onUnheard }: Desk, answer: Promise<unknown>): Promise<boolean> {
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
 * Discord does not repeat an interaction. So what the chat could neither answer nor queue is
 * reported here.
 */
async function handOn(
  { log }: Desk,
  interaction: Exclude<Interaction, { type: 4 }>,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    log.error('interaction lost', errorFields(error));
    const content = escapeMarkdown(wordsFor(localeOf(interaction)).failures.unavailable);
    // The message of the button may still matter.
    if (interaction.isButton()) await interaction.webhook.send({ content, flags: MessageFlags.Ephemeral });
    else if ('webhook' in interaction) await interaction.webhook.editMessage('@original', { content });
  }
}
