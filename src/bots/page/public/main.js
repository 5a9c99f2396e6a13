import { offerCamera } from './camera.js';
import { compose } from './composer.js';
import { openConversation } from './conversation.js';
import { trySamples } from './samples.js';
import { restore, say } from './turn.js';
import { welcome } from './welcome.js';
import { chooseSpeaker, speaker } from './who.js';

offerCamera();
compose((message) => void say(openConversation(speaker()), message));
chooseSpeaker((chosen) =>
  openConversation(chosen, (begun) => {
    begun.log.append(welcome(() => void trySamples()));
    restore(begun);
  }),
);
