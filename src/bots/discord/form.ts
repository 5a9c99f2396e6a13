import {
  type APIModalInteractionResponseCallbackData,
  type Attachment,
  ComponentType,
  type ModalSubmitInteraction,
} from 'discord.js';
import type { Words } from '../../text/words.ts';
import { escapeMarkdown } from './markdown.ts';

/** The notice in force, in one language. It says what people agree to when they enrol. */
export interface EnrolNotice {
  readonly version: number;
  /** SHA-256 (hex) of `text`. */
  readonly hash: string;
  readonly text: string;
}

const PREFIX = 'enroll:';
const CONSENT = 'consent';
const SHOWN = 'shown';
const PHOTOS = 'photos';
const MAX_NOTICE = 4000;

/**
 * The form by which people enrol in one step: the notice, a consent to tick, the selfies. The
 * form's id has the notice's hash, so that facefinder knows after a restart what was agreed to.
 * Undefined when the notice is too long for a form. `about`: the id of the server that the form is
 * about, if it is not opened there.
 */
export function enrolForm(
  words: Words,
  notice: EnrolNotice,
  maxSelfies: number,
  about?: string,
): APIModalInteractionResponseCallbackData | undefined {
  const { form } = words.discord;
  const content = escapeMarkdown(notice.text);
  if (content.length > MAX_NOTICE) return undefined;
  return {
    custom_id: PREFIX + [notice.hash, ...(about === undefined ? [] : [about])].join(':'),
    title: form.title,
    components: [
      { type: ComponentType.TextDisplay, content },
      {
        type: ComponentType.Label,
        label: form.consent,
        // Discord cannot require a single checkbox. It can require a group of one.
        component: {
          type: ComponentType.CheckboxGroup,
          custom_id: CONSENT,
          options: [{ label: form.agree, value: 'agree' }],
          min_values: 1,
          max_values: 1,
          required: true,
        },
      },
      {
        type: ComponentType.Label,
        label: form.photos({ max: maxSelfies }),
        description: form.photosHint,
        component: {
          type: ComponentType.FileUpload,
          custom_id: PHOTOS,
          min_values: 1,
          max_values: maxSelfies,
          required: true,
          file_types: ['image'],
        },
      },
      {
        type: ComponentType.Label,
        label: form.shown,
        component: {
          type: ComponentType.CheckboxGroup,
          custom_id: SHOWN,
          options: [{ label: form.agreeShown, value: 'shown' }],
          min_values: 0,
          max_values: 1,
          required: false,
        },
      },
    ],
  };
}

/** The contents of a sent form. */
export interface Enrolment {
  /**
   * `agree`: the person agrees. `shown`: they also allow that a channel is shown results with their
   * name. Undefined: they do not agree.
   */
  readonly choice: 'agree' | 'shown' | undefined;
  readonly noticeHash: string;
  /** The id of the server that the form is about, if it was not sent there. */
  readonly about?: string;
  readonly photos: readonly Attachment[];
}

/**
 * Reads a sent form. The tick and the photos may be missing, although Discord should require them.
 * Undefined for another form.
 */
export function readForm({ customId, fields }: ModalSubmitInteraction): Enrolment | undefined {
  if (!customId.startsWith(PREFIX)) return undefined;
  const ticked = (id: string) => fields.fields.has(id) && fields.getCheckboxGroup(id).length > 0;
  const photos = fields.fields.has(PHOTOS) ? fields.getUploadedFiles(PHOTOS) : null;
  const [noticeHash = '', about] = customId.slice(PREFIX.length).split(':');
  return {
    choice: ticked(CONSENT) ? (ticked(SHOWN) ? 'shown' : 'agree') : undefined,
    noticeHash,
    ...(about !== undefined && { about }),
    photos: [...(photos?.values() ?? [])],
  };
}
