import { offerCamera } from './camera.js';
import { compose, putBack } from './composer.js';
import { openConversation } from './conversation.js';
import { trySamples } from './samples.js';
import { restore, sayInParts } from './turn.js';
import { welcome } from './welcome.js';
import { chooseSpeaker, speaker } from './who.js';

offerCamera();
compose(async (message) => {
  const left = await sayInParts(openConversation(speaker()), message);
  if (left.length > 0) putBack(message.text, left);
});
chooseSpeaker((chosen) =>
  openConversation(chosen, (begun) => {
    begun.log.append(welcome(() => void trySamples()));
    restore(begun);
  }),
);
