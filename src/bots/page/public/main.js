import { offerCamera } from './camera.js';
import { compose } from './composer.js';
import { openConversation } from './conversation.js';
import { restore, say } from './turn.js';
import { chooseSpeaker, speaker } from './who.js';

offerCamera();
compose((message) => void say(openConversation(speaker()), message));
chooseSpeaker((chosen) => openConversation(chosen, restore));
