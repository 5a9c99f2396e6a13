import {
  type APIActionRowComponent,
  type APIButtonComponentWithCustomId,
  ButtonStyle,
  ComponentType,
} from 'discord-api-types/v10';
import type { Invitation } from '../../chat/courier.ts';
import type { ActionRole } from '../../chat/reply.ts';
import { type Right, rightsOf } from '../../chat/rights/rights.ts';
import { TAKE_BACK } from '../../chat/showing/shown.ts';
import { type Words, wordsFor } from '../../text/words.ts';
import { message, text as textPart } from './layout.ts';
import { escapeMarkdown } from './markdown.ts';

/** How many rows of buttons a message has at most, and how many buttons Discord allows in a row. */
const ROWS = 5;
const ROW = 5;
const MAX_LABEL = 80;
const DELETE = 'delete:';

export interface Button {
  readonly id: string;
  readonly label: string;
  readonly role: ActionRole | 'show' | 'delete' | 'right';
  /** Whether its effect is final. Then the button is red, in a row below with other red ones. */
  readonly isDanger: boolean;
}

/**
 * Puts buttons into rows. At most one button stands out, as the usual choice. Red buttons have
 * their own row below. The buttons for a person's rights come last.
 */
export function buttonRows(
  buttons: readonly Button[],
  rights: readonly Right[],
): APIActionRowComponent<APIButtonComponentWithCustomId>[] {
  const primary = buttons.find(({ role, isDanger }) => role === 'agree' && !isDanger);
  const component = (button: Button): APIButtonComponentWithCustomId => ({
    type: ComponentType.Button,
    custom_id: button.id,
    label: button.label.slice(0, MAX_LABEL),
    style: button.isDanger ? ButtonStyle.Danger : button === primary ? ButtonStyle.Primary : ButtonStyle.Secondary,
  });
  const calm = buttons.filter(({ isDanger }) => !isDanger).map(component);
  const red = buttons.filter(({ isDanger }) => isDanger).map(component);
  const last = rows(rights.map((right) => component({ ...right, role: 'right', isDanger: false })));
  return [...[...rows(calm), ...rows(red)].slice(0, ROWS - last.length), ...last];
}

/** The row with the buttons for rights, for answers without other buttons. */
export function rightsRow(words: Words): APIActionRowComponent<APIButtonComponentWithCustomId>[] {
  return buttonRows([], rightsOf(words, { isPublic: false }));
}

/**
 * The delete button under a result that only its asker sees. The button's id has the asker's id, so
 * that a press of it can be handled without stored data.
 */
export function deleteButton(words: Words, asker: string): Button {
  return { id: `${DELETE}${asker}`, label: words.shown.delete, role: 'delete', isDanger: true };
}

/** The delete button under a result that a whole channel sees. */
export function takeBackButton(words: Words): Button {
  return { id: TAKE_BACK, label: words.shown.delete, role: 'delete', isDanger: true };
}

/** The button of an invitation, by which each member of a server enrols. */
export const INVITED = 'invited';

/** An invitation as a message for a channel. */
export function invitationOf({ text, label, locale }: Invitation) {
  const button = { id: INVITED, label, role: 'agree', isDanger: false } as const;
  const rows = buttonRows([button], rightsOf(wordsFor(locale), { isPublic: true }));
  return message(textPart(escapeMarkdown(text)), ...rows);
}

/** The asker who may delete a result by this delete button; undefined for every other button. */
export function deletedBy(customId: string): string | undefined {
  return customId.startsWith(DELETE) ? customId.slice(DELETE.length) : undefined;
}

function rows(components: APIButtonComponentWithCustomId[]): APIActionRowComponent<APIButtonComponentWithCustomId>[] {
  return Array.from({ length: Math.ceil(components.length / ROW) }, (_, row) => ({
    type: ComponentType.ActionRow,
    components: components.slice(row * ROW, (row + 1) * ROW),
  }));
}
