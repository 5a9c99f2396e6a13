import { conversationSuite } from '../conversation-suite.ts';
import { discordDriver } from './driver.ts';

conversationSuite('Discord', discordDriver);
