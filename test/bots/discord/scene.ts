import sharp from 'sharp';
import { samples } from '../telegram/photos.ts';
import type { Exchange } from './platform/exchange.ts';
import type { Asking } from './platform/interaction.ts';
import type { Platform, PlatformOptions } from './platform/platform.ts';
import { buttonsOf } from './platform/reading.ts';
import type { Shown } from './platform/shown.ts';
import type { DiscordGuild, DiscordPerson } from './platform/world.ts';
import { realStage, type Stage } from './stage.ts';

/** The real app on a loopback Discord, with a server of Ann and Bob, and their actions there. */
export interface Scene extends AsyncDisposable {
  readonly stage: Stage;
  readonly platform: Platform;
  readonly photos: Photos;
  readonly ann: DiscordPerson;
  readonly bob: DiscordPerson;
  readonly club: DiscordGuild;
  /** Sends `/find` with a photo, and does not wait for the answer. */
  search(who: Asking, photo: Uint8Array): Exchange;
  /** Presses the button of this choice ("agree", "show", …) under a message. */
  press(who: Asking, message: Shown, choice: string): Exchange;
  /**
   * Sends `/enroll` with a photo, and presses this choice of the notice. Resolves with the final
   * answer.
   */
  enroll(who: Asking, selfie: Uint8Array, choice?: 'agree' | 'shown'): Promise<Shown>;
  /** Agrees to search, by searching for the first time. */
  agreeToSearch(who: Asking): Promise<void>;
  /** How often the bot has fetched a photo's bytes. */
  fetches(): number;
  /**
   * Photos cannot be fetched until the returned function is called. The work is retried meanwhile.
   */
  holdPhotos(): () => void;
}

type Photos = Awaited<ReturnType<typeof samples>> & { readonly cleo: Uint8Array };

/** Besides {@link samples}: Cleo alone, who is in the group photo with Ann. */
async function photographs(): Promise<Photos> {
  const photos = await samples();
  return { ...photos, cleo: await sharp(photos.group).extract(AROUND_CLEO).jpeg().toBuffer() };
}

const AROUND_CLEO = { left: 490, top: 190, width: 400, height: 520 };

export async function openScene(env: NodeJS.ProcessEnv = {}, options: PlatformOptions = {}): Promise<Scene> {
  const stage = await realStage(env, options);
  const { platform } = stage;
  const [ann, bob] = [platform.person('Ann'), platform.person('Bob')];

  const scene: Scene = {
    stage,
    platform,
    photos: await photographs(),
    ann,
    bob,
    club: platform.guild('Chess club', ann, bob),
    search: (who, photo) => platform.slash(who, 'find', [platform.attach(photo)]),
    press(who, message, choice) {
      const button = buttonsOf(message).find(({ custom_id, label }) =>
        [custom_id.split(':')[1], label].includes(choice),
      );
      if (!button) throw new Error(`there is no button to ${choice}`);
      return platform.press(who, message, button);
    },
    async enroll(who, selfie, choice = 'agree') {
      const notice = await platform.slash(who, 'enroll', [platform.attach(selfie)]).answer();
      return await scene.press(who, notice, choice).answer();
    },
    async agreeToSearch(who) {
      const notice = await scene.search(who, scene.photos.bob).answer();
      await scene.press(who, notice, 'agree').answer();
    },
    fetches: () => platform.requests.filter(({ template }) => template === '/attachments').length,
    holdPhotos() {
      const fault = { method: 'get', template: '/attachments', status: 503, times: 100 };
      platform.fault(fault);
      return () => {
        fault.times = 0;
      };
    },
    [Symbol.asyncDispose]: () => stage[Symbol.asyncDispose](),
  };
  return scene;
}
