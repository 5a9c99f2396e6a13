import type { REST } from '@discordjs/rest';
import { RESTJSONErrorCodes as Code, Routes } from 'discord-api-types/v10';
import type { Post, TakenBack } from '../../chat/courier.ts';
import { Failure } from '../../failure.ts';
import { isRefusal, translate } from './errors.ts';

/** The post for a message from Discord's answer; undefined when the answer does not name it. */
export function postOf(message: unknown): Post | undefined {
  if (typeof message !== 'object' || message === null || !('id' in message) || !('channel_id' in message))
    return undefined;
  const { id, channel_id: channel } = message;
  return typeof id === 'string' && typeof channel === 'string' ? { platform: 'discord', id, channel } : undefined;
}

/**
 * Deletes one of the bot's own messages. The bot must see the channel. Where it does not, only the
 * button under the message can delete it.
 * @throws Failure `unavailable`; `internal` for a post of another platform
 */
export async function takeBack(bot: REST, { platform, id, channel }: Post): Promise<TakenBack> {
  if (platform !== 'discord' || typeof channel !== 'string') {
    throw new Failure('internal', { cause: new TypeError('not a post of Discord') });
  }
  try {
    await bot.delete(Routes.channelMessage(channel, id));
    return 'gone';
  } catch (error) {
    if (isRefusal(error, Code.UnknownMessage) || isRefusal(error, Code.UnknownChannel)) return 'gone';
    const failure = translate(error);
    if (failure.again) throw failure;
    return 'out_of_reach';
  }
}
