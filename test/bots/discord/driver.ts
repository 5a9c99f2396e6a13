import { type Driver, looksLike, type Seen, type SeenButton } from '../conversation.ts';
import { exportOf } from '../overheard.ts';
import { buttonsOf, textOf } from './platform/reading.ts';
import type { Shown, ShownButton } from './platform/shown.ts';
import type { DiscordGuild, DiscordPerson } from './platform/world.ts';
import { realStage } from './stage.ts';

/**
 * Discord as the conversation suite uses it: slash commands in a server, answered for the asker
 * alone.
 */
export async function discordDriver(): Promise<Driver> {
  const stage = await realStage();
  const { platform } = stage;
  const people = new Map<string, DiscordPerson>();
  const guilds = new Map<string, DiscordGuild>();
  const last = new Map<string, Shown>();

  function asking(name: string, place: string) {
    const person = people.get(name) ?? platform.person(name);
    people.set(name, person);
    const guild = guilds.get(place) ?? platform.guild(place);
    guilds.set(place, guild);
    guild.members.add(person.id);
    return { person, guild };
  }

  function remember(name: string, place: string, shown: Shown): Seen {
    last.set(`${name} in ${place}`, shown);
    return seen(shown);
  }

  return {
    async send(name, place, command, photos = []) {
      const attached = photos.map((bytes) => platform.attach(bytes));
      return remember(name, place, await platform.slash(asking(name, place), command, attached).answer());
    },
    async ask(name, place, sender, photo, command = 'find') {
      const by = asking(sender, place).person;
      const attached = [platform.attach(photo)];
      const entry = command === 'me' ? 'Am I in this?' : 'Find faces';
      return remember(name, place, await platform.pickEntry(asking(name, place), attached, { entry, by }).answer());
    },
    async press(name, place, role, owner = name) {
      const message = last.get(`${owner} in ${place}`);
      const button = message && buttonsOf(message).find((one) => roleOf(one) === role);
      if (!button) throw new Error(`${owner} sees no button to ${role} in ${place}`);
      return remember(name, place, await platform.press(asking(name, place), message, button).answer());
    },
    restart: stage.restart,
    carried: {
      bytes: platform.sent.bytes,
      exported: (name) => exportOf(`discord:${people.get(name)?.id}`, stage.env),
    },
    async [Symbol.asyncDispose]() {
      await stage[Symbol.asyncDispose]();
      if (platform.violations.length > 0) throw new Error(platform.violations.join('\n'));
    },
  };
}

/**
 * The labels of a message's buttons. It leaves out those for rights, which are under every answer.
 */
export function offersOf(shown: Shown): string[] {
  return buttonsOf(shown).flatMap((button) => (roleOf(button) === 'right' ? [] : [button.label]));
}

function seen(shown: Shown): Seen {
  const picture = shown.attachments.find(({ filename }) => filename.endsWith('.jpg'));
  const receipt = shown.attachments.find(({ filename }) => filename.startsWith('facefinder-erasure'));
  const looks = {
    text: textOf(shown),
    buttons: buttonsOf(shown).flatMap((button): SeenButton[] => {
      const role = roleOf(button);
      return role ? [{ role, label: button.label }] : [];
    }),
    ...(picture && { picture: picture.bytes, alt: picture.description ?? '' }),
    ...(receipt && { receipt: Buffer.from(receipt.bytes).toString() }),
  };
  return { kind: looksLike(looks), ...looks };
}

/**
 * A button's role, by the choice in its id, because nothing else tells it. Undefined for "Delete"
 * below a private result, which no other platform has.
 */
function roleOf({ custom_id }: ShownButton): SeenButton['role'] | undefined {
  const [id, choice] = custom_id.split(':');
  if (id === 'delete') return undefined;
  if (id === 'right') return 'right';
  if (choice === 'agree' || choice === 'shown') return 'agree';
  if (choice === 'decline' || choice === 'cancel' || choice === 'show') return choice;
  return 'confirm';
}
