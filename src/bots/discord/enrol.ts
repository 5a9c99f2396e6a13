import type { ButtonInteraction, ChatInputCommandInteraction, ModalSubmitInteraction } from 'discord.js';
import type { Ask } from '../../chat/ask.ts';
import { type Place, placeTitled } from '../../consent/who.ts';
import { type CommandName, wordsFor } from '../../text/words.ts';
import { localeOf, origin, photoOf } from './asks.ts';
import { acknowledge, type ListenerContext, refuse, think } from './first-answer.ts';
import { enrolForm, readForm } from './form.ts';

/** The command that opens the form with the notice. */
export const ENROLS: CommandName = 'enroll';

/** Opens the form with the notice. If there can be no form, the answer has the notice instead. */
export async function enrol(
  context: ListenerContext,
  interaction: ChatInputCommandInteraction | ButtonInteraction,
  ask: Ask,
): Promise<void> {
  const place = ask.place ?? (await context.chat.onlyPlace(ask.person));
  if (place && (await opensForm(context, interaction, place))) return;
  await think(context, interaction, ask);
}

/**
 * Opens the form with the notice of a place. In a direct message the form carries the place. False
 * if there can be no form.
 */
export async function opensForm(
  context: ListenerContext,
  interaction: ChatInputCommandInteraction | ButtonInteraction,
  place: Place,
): Promise<boolean> {
  const command = context.commands.find(({ name }) => name === ENROLS);
  const max = command?.kind === 'photos' ? command.photos.max : 0;
  const locale = localeOf(interaction);
  const notice = await context.enrolNotice(locale, place);
  const about = interaction.guildId ? undefined : place.id;
  const modal = max > 0 ? enrolForm(wordsFor(locale), notice, max, about) : undefined;
  if (modal) await acknowledge(context, interaction.showModal(modal));
  return modal !== undefined;
}

/** Takes in a form that was sent. */
export async function formSent(context: ListenerContext, interaction: ModalSubmitInteraction): Promise<void> {
  const enrolment = readForm(interaction);
  if (!enrolment) return await refuse(context, interaction);
  const { choice, noticeHash, about, photos } = enrolment;
  const agreed = choice === undefined ? {} : { choice, args: `notice:${noticeHash}` };
  const title = about && interaction.client.guilds.cache.get(about)?.name;
  const place = about === undefined ? {} : { about: placeTitled('discord', about, title) };
  const ask = { args: '', ...origin(interaction), ...place, command: ENROLS, photos: photos.map(photoOf), ...agreed };
  await think(context, interaction, ask);
}
