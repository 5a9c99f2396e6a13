import type { Command } from '../src/chat/command.ts';
import { enroll } from './enroll.ts';
import { find } from './find.ts';
import { forget } from './forget.ts';
import { help } from './help.ts';
import { mydata } from './mydata.ts';
import { privacy } from './privacy.ts';
import type { Tools } from './tools.ts';

/** The only list of what a person can type, in the order of /help. */
export function commands(tools: Tools): readonly Command[] {
  return [enroll(tools), find(tools), forget(tools), mydata(tools), privacy(tools), help(tools)];
}
