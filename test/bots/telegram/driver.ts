import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { COMMANDS } from '../../../commands/index.ts';
import { type App, start } from '../../../src/app.ts';
import { readConfig } from '../../../src/config.ts';
import { openLog } from '../../../src/log.ts';
import { en } from '../../support/words.ts';
import { type Driver, looksLike, type Seen, type SeenButton } from '../conversation.ts';
import { exportOf } from '../overheard.ts';
import { type Account, buttons, type People, peopleOf } from './platform/people.ts';
import { type BotApi, startBotApi } from './platform/server.ts';
import type { Group, Posted } from './platform/world.ts';

/** A bot does not start without the operator's contact. */
const CONTACT = 'The board, board@club.example';

/** Commands whose photos may show anybody. The driver sends these commands in the group. */
const OF_ANYBODY: readonly string[] = COMMANDS.flatMap((one) =>
  one.kind === 'photos' && one.photos.of === 'anybody' ? [one.name] : [],
);

/** The real app on a loopback Telegram. */
export interface RealStage extends AsyncDisposable {
  readonly api: BotApi;
  readonly people: People;
  /** The variables with which the program is started. */
  readonly env: NodeJS.ProcessEnv;
  /** Restarts the program. `whileOff` is what people do while it is off. */
  readonly restart: (whileOff?: () => void) => Promise<void>;
}

export async function realStage(env: NodeJS.ProcessEnv = {}): Promise<RealStage> {
  const api = await startBotApi();
  const dataDir = await mkdtemp(join(tmpdir(), 'facefinder-telegram-'));
  const set = {
    TELEGRAM_TOKEN: api.token,
    TELEGRAM_API_URL: api.url,
    DATA_DIR: dataDir,
    WORKERS: '1',
    CONTACT,
    ...env,
  };
  const run = (): Promise<App> => start(readConfig(set, dataDir), openLog('silent'));
  let app = await run();
  return {
    api,
    people: peopleOf(api),
    env: set,
    async restart(whileOff = () => {}) {
      await app.stop();
      whileOff();
      app = await run();
    },
    async [Symbol.asyncDispose]() {
      api.updates.stop();
      await app.stop();
      await api[Symbol.asyncDispose]();
      await rm(dataDir, { recursive: true });
    },
  };
}

/**
 * What the bot showed somebody in private after one action, once it is no placeholder. A receipt of
 * consent below a first answer is skipped.
 */
export async function answerTo(api: BotApi, person: Account, act: () => unknown): Promise<Posted[]> {
  const looks = ({ text, caption, photo, document }: Posted) => JSON.stringify([text, caption, photo, document]);
  const inbox = () => person.inbox().filter(({ document }) => !document?.name.startsWith('facefinder-consent-'));
  const before = new Map(inbox().map((message) => [message.id, looks(message)]));
  act();
  return await api.until('an answer in private', () => {
    const answers = inbox().filter((message) => before.get(message.id) !== looks(message));
    const isWhole = !answers.some(({ text }) => text?.startsWith(en.find.looking)) && hasItsPictures(answers);
    return answers.length > 0 && isWhole && answers;
  });
}

/**
 * False while a text tells of a blurred picture, and the picture, which comes after it, is not
 * there.
 */
function hasItsPictures(answers: readonly Posted[]): boolean {
  const isTold = answers.some(({ text = '' }) => text.includes('look before you share'));
  return !isTold || answers.some(({ photo }) => photo !== undefined);
}

/**
 * Telegram as the conversation suite uses it: commands in the group, everything personal in
 * private.
 */
export async function telegramDriver(): Promise<Driver> {
  const stage = await realStage();
  const { api, people } = stage;
  const accounts = new Map<string, Account>();
  const groups = new Map<string, Group>();
  const last = new Map<string, Posted>();

  function account(name: string): Account {
    const known = accounts.get(name) ?? people.person(name);
    accounts.set(name, known);
    return known;
  }

  function groupWith(title: string, member: Account): Group {
    const group = groups.get(title) ?? people.group(title, []);
    groups.set(title, group);
    group.members.set(member.id, 'member');
    return group;
  }

  function remember(name: string, place: string, answers: readonly Posted[]): Seen {
    const [first] = answers;
    if (first) last.set(`${name} in ${place}`, first);
    return seen(api, answers);
  }

  return {
    async send(name, place, command, photos = []) {
      const person = account(name);
      const group = groupWith(place, person);
      if (!api.world.started.has(person.id)) await answerTo(api, person, () => person.says('/start'));
      const sending = { photos };
      const [word = ''] = command.split(' ', 1);
      if (OF_ANYBODY.includes(word)) {
        // In a group the bot would get only one photo of an album. So an album is sent in private.
        const isAlbum = photos.length > 1;
        const act = () =>
          isAlbum ? person.says(`/${command}`, sending) : person.saysIn(group, `/${command}`, sending);
        return remember(name, place, await answerTo(api, person, act));
      }
      if (!Object.hasOwn(en.commands, word)) {
        return remember(name, place, await answerTo(api, person, () => person.says(`/${command}`, sending)));
      }
      const opened = await answerTo(api, person, () => person.saysIn(group, `/${command}`));
      if (photos.length === 0) return remember(name, place, opened);
      return remember(name, place, await answerTo(api, person, () => person.says('', sending)));
    },
    async ask(name, place, sender, photo, command = 'find') {
      const person = account(name);
      const group = groupWith(place, person);
      groupWith(place, account(sender)).members.set(account(sender).id, 'member');
      account(sender).saysIn(group, 'look', { photos: [photo] });
      const replyTo = [...api.world.messages.values()].findLast((message) => message.photo !== undefined);
      if (!replyTo) throw new Error(`${sender} sent no photo`);
      return remember(name, place, await answerTo(api, person, () => person.saysIn(group, `/${command}`, { replyTo })));
    },
    async press(name, place, role, owner = name) {
      const message = last.get(`${owner} in ${place}`);
      const button = message && buttons(message).find((one) => roleOf(one) === role);
      if (!button || !('callback_data' in button)) throw new Error(`${owner} sees no button to ${role} in ${place}`);
      const person = account(name);
      // Nobody sees another person's private chat, so a press of a button there can only be forged.
      // Such a press names that button, but belongs to a message in the presser's own chat.
      const own = name === owner ? message : (await answerTo(api, person, () => person.says('/help')))[0];
      const act = () => own && people.press(person.user, own, button.callback_data);
      return remember(name, place, await answerTo(api, person, act));
    },
    restart: () => stage.restart(),
    carried: {
      bytes: api.sent.bytes,
      exported: (name) => exportOf(`telegram:${account(name).id}`, stage.env),
    },
    [Symbol.asyncDispose]: () => stage[Symbol.asyncDispose](),
  };
}

function seen(api: BotApi, messages: readonly Posted[]): Seen {
  const bytes = (file: string) => api.world.files.get(file)?.bytes ?? new Uint8Array();
  const picture = messages.find(({ photo }) => photo !== undefined);
  const receipt = messages.find(({ document }) => document?.name.startsWith('facefinder-erasure-'))?.document;
  const looks = {
    text: messages.map(({ text, caption }) => text ?? caption ?? '').join('\n'),
    buttons: messages.flatMap(buttons).map((button): SeenButton => ({ role: roleOf(button), label: button.text })),
    // Telegram's only description of a picture is its caption.
    ...(picture?.photo !== undefined && { picture: bytes(picture.photo), alt: picture.caption ?? '' }),
    ...(receipt && { receipt: Buffer.from(bytes(receipt.file)).toString() }),
  };
  return { kind: looksLike(looks), ...looks };
}

/**
 * Tells a button's role by the choice in its data, because a button of Telegram carries nothing
 * else that would tell it.
 */
function roleOf(button: object): SeenButton['role'] {
  const [id, choice] = 'callback_data' in button ? String(button.callback_data).split(':') : [];
  if (id === 'right') return 'right';
  if (choice === 'agree' || choice === 'shown') return 'agree';
  if (choice === 'decline' || choice === 'cancel' || choice === 'show') return choice;
  return 'confirm';
}
