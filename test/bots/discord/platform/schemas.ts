const button = {
  type: 'object',
  required: ['type', 'style', 'custom_id', 'label'],
  properties: {
    type: { const: 2 },
    style: { enum: [1, 2, 3, 4] },
    custom_id: { type: 'string', minLength: 1, maxLength: 100 },
    label: { type: 'string', minLength: 1, maxLength: 80 },
  },
};

const row = {
  required: ['type', 'components'],
  properties: { type: { const: 1 }, components: { type: 'array', minItems: 1, maxItems: 5, items: button } },
};

const attached = {
  type: 'object',
  required: ['url'],
  properties: { url: { type: 'string', pattern: '^attachment://' } },
};

/** What a message may consist of: rows, texts, pictures, files and lines. */
const part = {
  type: 'object',
  anyOf: [
    row,
    {
      required: ['type', 'content'],
      properties: { type: { const: 10 }, content: { type: 'string', minLength: 1, maxLength: 4000 } },
    },
    {
      required: ['type', 'items'],
      properties: {
        type: { const: 12 },
        items: {
          type: 'array',
          minItems: 1,
          maxItems: 10,
          items: {
            type: 'object',
            required: ['media'],
            properties: {
              media: attached,
              description: { type: ['string', 'null'], minLength: 1, maxLength: 1024 },
              spoiler: { type: 'boolean' },
            },
          },
        },
      },
    },
    { required: ['type', 'file'], properties: { type: { const: 13 }, file: attached } },
    { required: ['type'], properties: { type: { const: 14 } } },
  ],
};

const message = {
  type: 'object',
  properties: {
    content: { type: ['string', 'null'], maxLength: 2000 },
    embeds: {
      type: 'array',
      maxItems: 10,
      items: { properties: { description: { type: 'string', maxLength: 4096 } } },
    },
    components: { type: 'array', maxItems: 40, items: part },
    attachments: {
      type: 'array',
      maxItems: 10,
      items: {
        type: 'object',
        required: ['id'],
        properties: {
          id: { type: 'string', pattern: '^\\d+$' },
          filename: { type: 'string', minLength: 1 },
          description: { type: 'string', maxLength: 1024 },
        },
      },
    },
    allowed_mentions: {
      type: 'object',
      properties: { parse: { type: 'array', items: { enum: ['users', 'roles', 'everyone'] } } },
    },
    flags: { type: 'integer' },
  },
};

const label = {
  type: 'object',
  required: ['type', 'label', 'component'],
  properties: {
    type: { const: 18 },
    label: { type: 'string', minLength: 1, maxLength: 45 },
    description: { type: 'string', minLength: 1, maxLength: 100 },
    component: {
      type: 'object',
      required: ['type', 'custom_id'],
      properties: { type: { enum: [3, 4, 5, 6, 7, 8, 19, 21, 22, 23] }, custom_id: { type: 'string', maxLength: 100 } },
    },
  },
};

const modal = {
  type: 'object',
  required: ['custom_id', 'title', 'components'],
  properties: {
    custom_id: { type: 'string', minLength: 1, maxLength: 100 },
    title: { type: 'string', minLength: 1, maxLength: 45 },
    components: {
      type: 'array',
      minItems: 1,
      maxItems: 5,
      items: {
        anyOf: [
          label,
          {
            required: ['type', 'content'],
            properties: { type: { const: 10 }, content: { type: 'string', maxLength: 4000 } },
          },
        ],
      },
    },
  },
};

const callback = {
  anyOf: [
    { required: ['type', 'data'], properties: { type: { enum: [4, 7] }, data: message } },
    { required: ['type'], properties: { type: { enum: [5, 6] } } },
    { required: ['type', 'data'], properties: { type: { const: 9 }, data: modal } },
  ],
};

const names = { type: 'string', minLength: 1, maxLength: 32 };
/**
 * The name of a command or option that people type: in lower case, without spaces. The name of a
 * menu's entry has no such rule.
 */
const typedNames = { ...names, pattern: "^[-_'\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}\\p{N}]+$" };
const commands = {
  type: 'array',
  maxItems: 110,
  items: {
    type: 'object',
    required: ['name'],
    anyOf: [
      { required: ['type'], properties: { type: { enum: [2, 3] } } },
      {
        properties: {
          name: typedNames,
          name_localizations: { type: ['object', 'null'], additionalProperties: typedNames },
        },
      },
    ],
    properties: {
      name: names,
      name_localizations: { type: ['object', 'null'], additionalProperties: names },
      description: { type: 'string', maxLength: 100 },
      description_localizations: { type: 'object', additionalProperties: { type: 'string', maxLength: 100 } },
      options: {
        type: 'array',
        maxItems: 25,
        items: {
          required: ['type', 'name', 'description'],
          properties: {
            // A switch, or a photo.
            type: { enum: [5, 11] },
            name: typedNames,
            name_localizations: { type: 'object', additionalProperties: typedNames },
            description: { type: 'string', minLength: 1, maxLength: 100 },
          },
        },
      },
    },
  },
};

/**
 * The schemas that this bot's bodies must match, by method and path. They also hold on machines
 * without Discord's own description, which demands more.
 */
export const RECORDED: Readonly<Record<string, object>> = {
  'post /interactions/{interaction_id}/{interaction_token}/callback': callback,
  'patch /webhooks/{webhook_id}/{webhook_token}/messages/@original': message,
  'post /webhooks/{webhook_id}/{webhook_token}': message,
  'post /channels/{channel_id}/messages': message,
  'put /applications/{application_id}/commands': commands,
};
