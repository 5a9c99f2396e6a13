import type { AdminCall, Command, CommandCall, Look, PhotoCall } from '../src/chat/command.ts';
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
export function commands(given: Omit<Tools, 'commands'>): readonly Command[] {
  const isOff = (one: Declared) => one.kind === 'photos' && one.purpose === 'search' && given.rules.findBy === 'self';
  const offered = COMMANDS.filter((one) => !isOff(one));
  const tools: Tools = { ...given, commands: offered.map(({ name }) => name) };
  return COMMANDS.map((declared): Command => {
    if (declared.kind === 'photos') {
      const { look: lookWith, ...rest } = declared;
      const run = (call: PhotoCall) => declared.run(tools, call);
      const look: Look | undefined = lookWith && ((...of) => lookWith(tools, ...of));
      return { ...rest, ...(isOff(declared) && { isOff: true }), run, ...(look && { look }) };
    }
    if (declared.kind === 'admins') return { ...declared, run: (call: AdminCall) => declared.run(tools, call) };
    return { ...declared, run: (call: CommandCall) => declared.run(tools, call) };
  });
}
