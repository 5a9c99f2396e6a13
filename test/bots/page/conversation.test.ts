import { conversationSuite } from '../conversation-suite.ts';
import { pageDriver } from './driver.ts';

conversationSuite('the page', pageDriver, { isCarried: false, hasOthers: false });
