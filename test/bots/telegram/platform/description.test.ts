import { describe, expect, it } from 'vitest';
import { complaints, isOfficial } from './description.ts';

const fine = { chat_id: 1, text: 'hi' };

describe('a body is checked', () => {
  it('for unknown methods, unknown fields and missing ones', () => {
    expect(complaints('sendMessage', fine)).toEqual([]);
    expect(complaints('sendMessages', {})).toEqual(['sendMessages is no method']);
    expect(complaints('sendMessage', { ...fine, txt: 'hi' })).toEqual(['sendMessage.txt is unknown']);
    expect(complaints('sendMessage', { chat_id: 1 })).toEqual(['sendMessage.text is missing']);
  });

  it.skipIf(!isOfficial)('for types at any depth, where the official description is there', () => {
    expect(complaints('sendMessage', { ...fine, text: 1 })).toEqual(['sendMessage.text is no String']);
    const markup = (button: object) => ({ ...fine, reply_markup: { inline_keyboard: [[button]] } });
    expect(complaints('sendMessage', markup({ text: 'Go', url: 'https://t.me/x' }))).toEqual([]);
    expect(complaints('sendMessage', markup({ txt: 'Go' }))).toEqual([
      'sendMessage.reply_markup.inline_keyboard[0][0].text is missing',
      'sendMessage.reply_markup.inline_keyboard[0][0].txt is unknown',
    ]);
    const media = { type: 'photo', media: 'attach://a', has_spoiler: 'yes' };
    expect(complaints('editMessageMedia', { chat_id: 1, message_id: 2, media })).toEqual([
      'editMessageMedia.media.has_spoiler is no Boolean',
    ]);
  });
});
