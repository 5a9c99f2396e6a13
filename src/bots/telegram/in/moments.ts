import type { MessageEntity } from 'grammy/types';
import { tellMoments, writtenMoment } from '../../../text/moment.ts';

/** A text with moments that Telegram shows in the reader's own time zone and language. */
export interface Written {
  readonly text: string;
  readonly entities: readonly MessageEntity.DateTimeMessageEntity[];
}

/**
 * Marks each moment for Telegram. The moment is also written out, in UTC, for clients that cannot
 * show it otherwise.
 */
export function written(marked: string, locale: string): Written {
  const entities: MessageEntity.DateTimeMessageEntity[] = [];
  const text = tellMoments(marked, (at, unit, offset) => {
    const shown = writtenMoment(at, unit, locale, 'UTC');
    const format = unit === 'day' ? 'D' : 'Dt';
    const place = { offset, length: shown.length };
    entities.push({ type: 'date_time', ...place, unix_time: at / 1000, date_time_format: format });
    return shown;
  });
  return { text, entities };
}
