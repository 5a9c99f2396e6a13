import { pressButton, sendMessage } from './api.js';
import { addAnswer, openConversation } from './conversation.js';
import { el } from './dom.js';
import { t } from './facts.js';
import { say } from './turn.js';
import { enterGroup, speaker } from './who.js';

/** A drawn person, so that the trial can enrol somebody without asking a real person. */
const IDA = { user: 'sample-ida', name: 'Ida' };

/**
 * Shows a search with drawn people. It enrols one of them. Then the page's present speaker searches
 * a picture of two drawn people, and is asked for consent as always.
 */
export async function trySamples() {
  enterGroup(t('sampleGroup'));
  const conversation = openConversation(speaker());
  addAnswer(conversation, el('p', { class: 'card' }, t('sampleWhat', { name: IDA.name })));
  const ida = { ...IDA, scope: conversation.speaker.scope };
  const [selfie, party] = await Promise.all([drawing('ida'), drawing('party')]);
  for (const reply of await sendMessage(ida, '/enroll', [selfie])) {
    const agree = 'actions' in reply ? reply.actions?.find(({ role }) => role === 'agree') : undefined;
    if (agree) await pressButton(ida, agree.id);
  }
  await say(conversation, { text: '/find', photos: [party] });
}

/** @param {string} name */
async function drawing(name) {
  const jpeg = await (await fetch(`/samples/${name}.jpg`)).blob();
  return new File([jpeg], `${name}.jpg`, { type: 'image/jpeg' });
}
