import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buttonsOf, LINE, ROW, referencesIn, TEXT, textOf } from '../bots/discord/platform/reading.ts';
import type { Shown, ShownPart } from '../bots/discord/platform/shown.ts';
import { openScene } from '../bots/discord/scene.ts';
import { answerTo, realStage } from '../bots/telegram/driver.ts';
import { buttons } from '../bots/telegram/platform/people.ts';
import { openChromium } from './chromium.ts';

// Makes docs/chats.png: what the real bots send to a loopback Discord and a loopback Telegram,
// about drawn people, in frames that look like the two clients.

/** What one client shows: a question and its answer. */
interface Scene {
  readonly client: 'Discord' | 'Telegram';
  readonly asked: string;
  readonly photo: Uint8Array;
  /** The answer's HTML, part by part in the order in which the client shows them. */
  readonly answer: readonly string[];
}

/** The style of a red button. */
const DANGER = 4;

const STYLE = `
  * { box-sizing: border-box; margin: 0; }
  main { display: flex; width: 1180px; gap: 20px; padding: 4px; font: 15px/1.45 sans-serif; }
  section { flex: 1; border-radius: 14px; padding: 18px; display: flex; flex-direction: column; gap: 12px; }
  h2 { font-size: 13px; font-weight: 600; opacity: .7; }
  img { display: block; width: 100%; border-radius: 8px; }
  p { white-space: pre-wrap; overflow-wrap: anywhere; }
  nav { display: flex; flex-wrap: wrap; gap: 6px; margin-top: 8px; }
  button { font: inherit; font-size: 14px; border: 0; border-radius: 8px; padding: 7px 12px; }
  .Discord { background: #313338; color: #dbdee1; }
  .Discord .mine { font-size: 13px; opacity: .75; }
  .Discord i { background: #5865f2; border-radius: 4px; font: 600 10px sans-serif; padding: 2px 4px; color: #fff; }
  .Discord .bot img { max-width: 420px; margin: 8px 0; }
  .Discord hr { border: 0; border-top: 1px solid #4e5058; margin: 12px 0; }
  .Discord .file { background: #2b2d31; border: 1px solid #1e1f22; border-radius: 8px; color: #00a8fc; margin: 8px 0; padding: 12px; width: 420px; }
  .Discord button { background: #4e5058; color: #fff; }
  .Discord .red { background: #da373c; }
  .Telegram { background: #b5d3a8; color: #111; }
  .Telegram .mine { align-self: end; background: #e3fdd0; width: 190px; }
  .Telegram .bot { align-self: start; background: #fff; width: 420px; }
  .Telegram .mine, .Telegram .bot { border-radius: 14px; padding: 8px; }
  .Telegram p { padding: 6px 4px 2px; }
  .Telegram button { flex: 1 1 40%; background: #d7e6f5; color: #25628f; }
`;

const sample = (name: string) => readFile(join(import.meta.dirname, `../../src/bots/page/public/samples/${name}.jpg`));
const [ida, party] = await Promise.all([sample('ida'), sample('party')]);

const browser = await openChromium();
const tab = await browser.newPage({ viewport: { width: 1180, height: 820 }, deviceScaleFactor: 1 });
await tab.setContent(page([await onDiscord(), await onTelegram()]));
await writeFile(
  join(import.meta.dirname, '../../docs/chats.png'),
  await tab.locator('main').screenshot({ omitBackground: true }),
);
await browser.close();

async function onDiscord(): Promise<Scene> {
  await using on = await openScene();
  const { platform, club } = on;
  const inClub = (name: string) => {
    const person = platform.person(name);
    club.members.add(person.id);
    return { person, guild: club };
  };
  await on.enroll(inClub('Ida'), ida);
  const tom = inClub('Tom');
  const notice = await on.search(tom, party).answer();
  const answer = await on.press(tom, notice, 'agree').answer();
  if (answer.attachments.length === 0) throw new Error('Discord shows no picture');
  const parts = answer.components.map((part) => discordPart(answer, part));
  return {
    client: 'Discord',
    asked: 'Tom used /find',
    photo: party,
    answer: ['<b>facefinder</b> <i>APP</i>', ...parts],
  };
}

/** One part of a message as Discord draws it. */
function discordPart({ attachments }: Shown, part: ShownPart): string {
  const components = [part];
  if (part.type === TEXT) return words(textOf({ content: '', embeds: [], components }));
  if (part.type === LINE) return '<hr>';
  if (part.type === ROW)
    return row(buttonsOf({ components }).map(({ label, style }) => button(label, style === DANGER)));
  const shown = referencesIn(components).flatMap(
    ({ filename }) => attachments.find((one) => one.filename === filename) ?? [],
  );
  if (part.file) return shown.map(({ filename }) => `<div class="file">${escaped(filename)}</div>`).join('');
  return shown.map(({ bytes }) => picture(bytes)).join('');
}

async function onTelegram(): Promise<Scene> {
  await using on = await realStage();
  const { api, people } = on;
  const [enrolled, tom] = [people.person('Ida'), people.person('Tom')];
  const club = people.group('Chess club', [enrolled, tom]);
  const inClub = () => people.inChat(club.chat.id);
  await answerTo(api, enrolled, () => enrolled.says('/start'));
  await answerTo(api, enrolled, () => enrolled.saysIn(club, '/enroll'));
  const [asked] = await answerTo(api, enrolled, () => enrolled.says('', { photos: [ida] }));
  await answerTo(api, enrolled, () => asked && enrolled.presses(asked, 'agree'));
  tom.saysIn(club, '/find', { photos: [party] });
  const offer = await api.until('the way on', () => inClub()[0]);
  const [notice] = await answerTo(api, tom, () => tom.opens(offer));
  const [answer] = await answerTo(api, tom, () => notice && tom.presses(notice, 'agree'));
  const found = answer?.photo && api.world.files.get(answer.photo)?.bytes;
  if (!found) throw new Error('Telegram shows no picture');
  const below = row(buttons(answer).map(({ text }) => button(text)));
  return {
    client: 'Telegram',
    asked: '/find',
    photo: party,
    answer: [picture(found), words(answer.caption ?? ''), below],
  };
}

function page(scenes: readonly Scene[]): string {
  return `<!doctype html><meta charset="utf-8"><style>${STYLE}</style><main>${scenes.map(chat).join('')}</main>`;
}

function chat({ client, asked, photo, answer }: Scene): string {
  return `<section class="${client}"><h2>${client}, in a chess club</h2>
    <div class="mine">${client === 'Telegram' ? picture(photo) : ''}${words(asked)}</div>
    <div class="bot">${answer.join('')}</div></section>`;
}

function words(text: string): string {
  return `<p>${escaped(text)}</p>`;
}

function picture(jpeg: Uint8Array): string {
  return `<img src="data:image/jpeg;base64,${Buffer.from(jpeg).toString('base64')}">`;
}

function button(label: string, isRed = false): string {
  return `<button${isRed ? ' class="red"' : ''}>${escaped(label)}</button>`;
}

function row(made: readonly string[]): string {
  return `<nav>${made.join('')}</nav>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
