import { conversationSuite } from '../conversation-suite.ts';
import { telegramDriver } from './driver.ts';

conversationSuite('Telegram', telegramDriver);
