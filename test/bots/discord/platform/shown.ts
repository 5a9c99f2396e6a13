/** A message on the loopback Discord, as its readers see it. */
export interface Shown {
  readonly id: string;
  readonly flags: number;
  /** Empty in a message that consists of components alone. */
  readonly content: string;
  readonly embeds: readonly { readonly description?: string }[];
  readonly components: readonly ShownPart[];
  readonly attachments: readonly ShownFile[];
  readonly isEphemeral: boolean;
}

/** A component of a message. */
export interface ShownPart {
  readonly type: number;
  readonly content?: string;
  readonly custom_id?: string;
  readonly components?: readonly ShownPart[];
  readonly items?: readonly ShownPicture[];
  readonly file?: { readonly url: string };
}

export interface ShownPicture {
  readonly media: { readonly url: string };
  readonly description?: string;
  readonly spoiler?: boolean;
}

export interface ShownButton extends ShownPart {
  readonly custom_id: string;
  readonly label: string;
  readonly style: number;
}

/** A file, with its text for screen readers, and whether it is hidden until somebody clicks it. */
export interface ShownFile {
  readonly id: string;
  readonly filename: string;
  readonly description?: string;
  readonly isHidden: boolean;
  readonly bytes: Uint8Array;
}
