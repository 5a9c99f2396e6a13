import {
  type AdminCall,
  type Command,
  type CommandCall,
  isOfferedUnder,
  type Look,
  type PhotoCall,
} from '../src/chat/command.ts';
import { blur } from './blur.ts';
import type { Declared } from './declared.ts';
import { enroll } from './enroll.ts';
import { find } from './find.ts';
import { forget } from './forget.ts';
import { help } from './help.ts';
import { invite } from './invite.ts';
import { me } from './me.ts';
import { mydata } from './mydata.ts';
import { privacy } from './privacy.ts';
import { settings } from './settings.ts';
import type { Tools } from './tools.ts';

/** The only list of commands, in the order in which they are shown everywhere. */
export const COMMANDS: readonly Declared[] = [enroll, find, me, blur, forget, mydata, privacy, invite, settings, help];

/** The commands, ready to run. */
export function commands(given: Omit<Tools, 'offered'>): readonly Command[] {
  const offered: Tools['offered'] = (rules) =>
    COMMANDS.filter((one) => isOfferedUnder(one, rules)).map(({ name }) => name);
  const tools: Tools = { ...given, offered };
  return COMMANDS.map((declared): Command => {
    if (declared.kind === 'photos') {
      const { look: lookWith, ...rest } = declared;
      const run = (call: PhotoCall) => declared.run(tools, call);
      const look: Look | undefined = lookWith && ((...of) => lookWith(tools, ...of));
      return { ...rest, ...(!isOfferedUnder(declared, given.rules) && { isOff: true }), run, ...(look && { look }) };
    }
    if (declared.kind === 'admins') return { ...declared, run: (call: AdminCall) => declared.run(tools, call) };
    return { ...declared, run: (call: CommandCall) => declared.run(tools, call) };
  });
}
