import type {
  ButtonInteraction,
  ChatInputCommandInteraction,
  Interaction,
  InteractionUpdateOptions,
  MessageContextMenuCommandInteraction,
} from 'discord.js';
import type { Press } from '../../chat/ask.ts';
import { isAnsweredBeside } from '../../chat/buttons/beside.ts';
import { failureReply } from '../../chat/failure.ts';
import { rightOf } from '../../chat/rights/rights.ts';
import { TAKE_BACK } from '../../chat/showing/shown.ts';
import { Failure } from '../../failure.ts';
import { errorFields } from '../../log.ts';
import { type CommandName, wordsFor } from '../../text/words.ts';
import { askAboutMessage, askOf, isUserInstalled, localeOf, origin } from './asks.ts';
import { deletedBy, INVITED } from './buttons.ts';
import { ENROLS, enrol, formSent, opensForm } from './enrol.ts';
import { translate } from './errors.ts';
import { acknowledge, handOn, hear, type ListenerContext, refuse, say, tellAlone, think } from './first-answer.ts';
import { edit, text as textPart } from './layout.ts';
import { commandOfEntry, worksWithoutServer } from './registration.ts';
import { shownUnder } from './standing.ts';

/**
 * Handles an interaction. Discord waits 3 seconds for a first answer, so it gets one before any
 * long work: "thinking…", a form, a sentence, or a change of the pressed message. Never rejects.
 */
export async function receive(context: ListenerContext, interaction: Interaction): Promise<void> {
  try {
    if (interaction.isChatInputCommand()) await slashCommand(context, interaction);
    else if (interaction.isMessageContextMenuCommand()) await menuEntry(context, interaction);
    else if (interaction.isModalSubmit()) await formSent(context, interaction);
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

async function menuEntry(context: ListenerContext, interaction: MessageContextMenuCommandInteraction): Promise<void> {
  const command = commandOfEntry(interaction.commandName);
  if (!command) return await refuse(context, interaction);
  if (isUserInstalled(interaction)) {
    return await say(context, interaction, wordsFor(localeOf(interaction)).discord.notInstalledHere);
  }
  await think(context, interaction, askAboutMessage(interaction, command));
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
    if (await choosesToEnrol(context, interaction, press)) return;
    const looking = () => acknowledge(context, interaction.update(lookingAt(interaction)));
    const heard = await hear(context, press, looking);
    if (!heard) return;
    await handOn(context, interaction, () => pressOrRestore(context, interaction, heard));
  } finally {
    // From now on the chat itself recognises a second press.
    if (isFirst) context.pressed.forget(question);
  }
}

/**
 * Opens the form when a press in a direct message chooses the server in which somebody wants to
 * enrol. The question stays, so that the form can be opened again. False for every other press, and
 * when there can be no form.
 */
async function choosesToEnrol(context: ListenerContext, interaction: ButtonInteraction, press: Press) {
  const place = press.place ? undefined : await context.chat.enrolsAt(press);
  return place !== undefined && (await opensForm(context, interaction, place));
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
