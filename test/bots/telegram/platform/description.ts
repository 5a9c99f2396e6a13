import { existsSync, readFileSync } from 'node:fs';

interface Field {
  readonly name: string;
  readonly description?: string;
  readonly types: readonly string[];
  readonly required: boolean;
}
interface Described {
  readonly fields?: readonly Field[];
  readonly subtypes?: readonly string[];
}
interface Description {
  readonly methods: Readonly<Record<string, Described>>;
  readonly types: Readonly<Record<string, Described>>;
}

/** The official description of the Bot API, which is not part of this repository. */
const OFFICIAL = new URL('../../../../../shared/specs/telegram-bot-api.json', import.meta.url);
/** The fields that later versions of the Bot API added to its types. */
const LATER = new URL('../../../../../shared/specs/telegram-bot-api-10.3-delta.json', import.meta.url);

/**
 * The methods that this bot calls, each with its fields; `!` marks required ones. Used when the
 * official description is missing. It has no types, so a test that passes with it alone proves
 * less.
 */
const RECORDED: Readonly<Record<string, string>> = {
  getMe: '',
  getUpdates: 'offset limit timeout allowed_updates',
  getWebhookInfo: '',
  setWebhook: 'url! secret_token allowed_updates',
  deleteWebhook: 'drop_pending_updates',
  getMyCommands: 'scope language_code',
  setMyCommands: 'commands! scope language_code',
  getMyDescription: 'language_code',
  getMyShortDescription: 'language_code',
  setMyDescription: 'description language_code',
  setMyShortDescription: 'short_description language_code',
  getMyDefaultAdministratorRights: 'for_channels',
  setMyDefaultAdministratorRights: 'rights for_channels',
  getChat: 'chat_id!',
  getChatMember: 'chat_id! user_id!',
  getFile: 'file_id!',
  deleteMessage: 'chat_id! message_id!',
  sendMessage:
    'chat_id! text! message_thread_id link_preview_options protect_content reply_parameters reply_markup entities parse_mode',
  sendPhoto:
    'chat_id! photo! caption caption_entities has_spoiler protect_content reply_parameters reply_markup message_thread_id',
  sendDocument:
    'chat_id! document! caption caption_entities protect_content reply_parameters reply_markup message_thread_id',
  sendChatAction: 'chat_id! action! message_thread_id',
  sendMediaGroup: 'chat_id! media! protect_content reply_parameters message_thread_id',
  editMessageText: 'text! entities chat_id message_id link_preview_options reply_markup',
  editMessageMedia: 'media! chat_id message_id reply_markup',
  editMessageReplyMarkup: 'chat_id message_id reply_markup',
  answerCallbackQuery: 'callback_query_id! text show_alert url',
  setMessageReaction: 'chat_id! message_id! reaction is_big',
};

export const isOfficial = existsSync(OFFICIAL);
const described: Description = isOfficial ? official() : recorded();

/** The kinds of messages that people send, by the official description. */
export function kindsOfMessages(): string[] {
  const { fields = [] } = described.types.Message ?? {};
  const kinds = fields.filter(({ description = '' }) => {
    return /^Optional\. (The )?message (is|contains) /i.test(description) && !description.includes('service message');
  });
  return kinds.map(({ name }) => name);
}

/**
 * What is wrong with a call by the description: unknown methods and fields, missing ones, wrong
 * types, at any depth.
 */
export function complaints(method: string, params: Readonly<Record<string, unknown>>): string[] {
  const fields = described.methods[method];
  return fields ? fieldComplaints(method, fields, params) : [`${method} is no method`];
}

function fieldComplaints(path: string, { fields = [] }: Described, value: Readonly<Record<string, unknown>>): string[] {
  const missing = fields.filter(({ name, required }) => required && value[name] === undefined);
  return [
    ...missing.map(({ name }) => `${path}.${name} is missing`),
    ...Object.entries(value).flatMap(([name, part]) => {
      const field = fields.find((one) => one.name === name);
      return field ? typeComplaints(`${path}.${name}`, field.types, part) : [`${path}.${name} is unknown`];
    }),
  ];
}

/** A value must fit one of the types. The complaints are those of the best-fitting type. */
function typeComplaints(path: string, types: readonly string[], value: unknown): string[] {
  const each = types.map((type) => oneType(path, type, value));
  return each.toSorted((a, b) => a.length - b.length)[0] ?? [];
}

function oneType(path: string, type: string, value: unknown): string[] {
  const fits = (isRight: boolean) => (isRight ? [] : [`${path} is no ${type}`]);
  if (type.startsWith('Array of ')) {
    if (!Array.isArray(value)) return fits(false);
    const [item] = [type.slice('Array of '.length)];
    return value.flatMap((one, index) => oneType(`${path}[${index}]`, item ?? '', one));
  }
  switch (type) {
    case 'Any':
      return [];
    case 'Integer':
      return fits(Number.isSafeInteger(value));
    case 'Float':
      return fits(typeof value === 'number');
    case 'String':
      return fits(typeof value === 'string');
    case 'Boolean':
      return fits(typeof value === 'boolean');
    case 'InputFile':
      return fits(value instanceof Uint8Array);
    default:
      return object(path, type, value);
  }
}

function object(path: string, type: string, value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [`${path} is no ${type}`];
  const { subtypes, ...one } = described.types[type] ?? {};
  if (subtypes) return typeComplaints(path, subtypes, value);
  return fieldComplaints(path, one, value as Record<string, unknown>);
}

function official(): Description {
  const read = (file: URL) => JSON.parse(readFileSync(file, 'utf8')) as unknown;
  const { methods, types } = read(OFFICIAL) as Description;
  const { type_fields_added: later } = read(LATER) as { readonly type_fields_added: Record<string, readonly Field[]> };
  const added = Object.entries(later).map(([type, fields]) => {
    // The bot need not send them, because older servers do not know them.
    const optional = fields.map((field): Field => ({ ...field, types: ['Any'], required: false }));
    return [type, { ...types[type], fields: [...(types[type]?.fields ?? []), ...optional] }];
  });
  return { methods, types: { ...types, ...Object.fromEntries(added) } };
}

function recorded(): Description {
  const methods = Object.entries(RECORDED).map(([method, names]) => [
    method,
    {
      fields: names.split(' ').map((name) => ({
        name: name.replace('!', ''),
        types: ['Any'],
        required: name.endsWith('!'),
      })),
    },
  ]);
  return { methods: Object.fromEntries(methods) as Description['methods'], types: {} };
}
