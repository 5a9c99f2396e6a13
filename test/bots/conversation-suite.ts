import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Remains } from '../gallery/sqlite/remains.ts';
import type { Driver } from './conversation.ts';
import { samples } from './telegram/photos.ts';

/** One conversation, the same on every platform: what people do in a group, and what they see. */
export function conversationSuite(
  platform: string,
  open: () => Promise<Driver>,
  { isCarried = true, hasOthers = true }: { readonly isCarried?: boolean; readonly hasOthers?: boolean } = {},
): void {
  describe(`a conversation on ${platform}`, () => {
    let driver: Driver;
    let photos: Awaited<ReturnType<typeof samples>>;
    const templates = new Remains();
    beforeAll(async () => {
      [driver, photos] = await Promise.all([open(), samples()]);
    });
    afterAll(() => driver[Symbol.asyncDispose]());

    const agreed = async (person: string, place: string, command: string, ...sent: Uint8Array[]) => {
      const answer = await driver.send(person, place, command, sent);
      return answer.kind === 'consent' ? await driver.press(person, place, 'agree') : answer;
    };

    const forgotten = async (person: string) => {
      await driver.send(person, 'Chess club', 'forget');
      expect(await driver.press(person, 'Chess club', 'confirm')).toMatchObject({ kind: 'receipt' });
    };

    it('begins with the notice, and declining stores nothing', async () => {
      const notice = await driver.send('Dora', 'Chess club', 'enroll', [photos.bob]);
      expect(notice).toMatchObject({ kind: 'consent', text: expect.stringContaining('remember your face') });
      expect(await driver.press('Dora', 'Chess club', 'decline')).toMatchObject({
        text: expect.stringContaining('nothing'),
      });
      const data = await driver.send('Dora', 'Chess club', 'mydata');
      expect(data.text).toContain('Nothing is held');
    });

    it('agreeing enrols by itself', async () => {
      expect((await agreed('Ann', 'Chess club', 'enroll', photos.ann)).text).toContain('You are enrolled in');
    });

    it('another member finds her in a group photo, by number, with distance and chance', async () => {
      const result = await agreed('Bob', 'Chess club', 'find', photos.group);
      expect(result).toMatchObject({
        kind: 'result',
        text: expect.stringMatching(/“Ann” \(face \d+\), match: distance 0\.\d\d; at most 1 in [\d,]+ answers/),
      });
      expect(result.picture?.length).toBeGreaterThan(10_000);
      expect(result.alt).toContain('Ann');
    });

    it.runIf(hasOthers)(
      'a photo in somebody else’s message is theirs: the asker must ask them, or send it themselves',
      async () => {
        const answer = await driver.ask?.('Bob', 'Chess club', 'Ann', photos.group);
        expect(answer).toMatchObject({ kind: 'text', text: expect.stringContaining('sent by somebody else') });
        expect(answer?.text).toContain('send it to me yourself, with the same command');
        expect((await driver.ask?.('Bob', 'Chess club', 'Bob', photos.group))?.text).toMatch(
          /“Ann” \(face \d+\), match/,
        );
      },
    );

    it('in another group nobody is found', async () => {
      const result = await agreed('Bob', 'Team', 'find', photos.group);
      expect(result.text).not.toContain('Ann');
    });

    it('a photo of several people is no selfie', async () => {
      expect((await agreed('Bob', 'Chess club', 'enroll', photos.group)).text).toContain(
        'A selfie must show you alone',
      );
    });

    it('nobody else enrols her face; she can read that somebody tried, without a name, and who found her', async () => {
      expect((await agreed('Bob', 'Chess club', 'enroll', photos.ann)).text).toContain(
        'already enrolled in that group by somebody else',
      );
      const data = await driver.send('Ann', 'Chess club', 'mydata');
      expect(data.text).toMatch(/: “Bob”/);
      expect(data.text).toContain('somebody else sent your face to be enrolled');
      expect(data.text).not.toMatch(/Bob (tried|sent)/);
    });

    it.runIf(isCarried)(
      'the file of /mydata has a hash of the numbers that the operator exports, and says who the operator is',
      async () => {
        const data = await driver.send('Ann', 'Chess club', 'mydata');
        expect(data.text).toContain('facefinder export --person');
        const [held] = (await driver.carried?.exported('Ann')) ?? [];
        const [template] = held?.templates ?? [];
        if (!template) throw new Error('nothing is exported');
        const embedding = Float32Array.from(template.embedding);
        templates.noteEveryForm(embedding);
        expect(template.numbers).toBe(embedding.length);
        expect(template.sha256).toBe(createHash('sha256').update(new Uint8Array(embedding.buffer)).digest('hex'));
        expect(driver.carried?.bytes().includes(template.sha256)).toBe(true);
        // The same search finds the templates in the export. So it would find them elsewhere too.
        expect(templates.among(Buffer.from(JSON.stringify(held, undefined, 2)))).not.toEqual([]);
      },
    );

    it('everybody on a photo comes back blurred, also for an asker who is not enrolled', async () => {
      const blurred = await agreed('Cara', 'Chess club', 'blur all', photos.group);
      expect(blurred).toMatchObject({
        kind: 'result',
        text: expect.stringMatching(/\d+ faces blurred: look before you share\./),
      });
      const { text } = await agreed('Bob', 'Chess club', 'find', blurred.picture ?? new Uint8Array());
      expect(text).not.toContain('Ann');
      expect((await driver.send('Cara', 'Chess club', 'mydata')).text).toContain('You agreed to blur faces');
    });

    it('everybody but the asker comes back blurred', async () => {
      const blurred = await agreed('Ann', 'Chess club', 'blur', photos.group);
      expect(blurred.text).toMatch(/\d+ faces? blurred: look before you share\. Yours is as it was\./);
      const { text } = await agreed('Bob', 'Chess club', 'find', blurred.picture ?? new Uint8Array());
      expect(text).toMatch(/“Ann” \(face \d+\), match/);
      const closer = await driver.press('Ann', 'Chess club', 'confirm');
      expect(closer).toMatchObject({ kind: 'result', text: expect.stringContaining('look before you share') });
    });

    it('she is told in which of several photos she is, and gets that one with all others blurred', async () => {
      const mine = await agreed('Ann', 'Chess club', 'me', photos.bob, photos.group);
      expect(mine.text).toContain('You are in photo 2 of 2.');
      const { text } = await agreed('Bob', 'Chess club', 'find', mine.picture ?? new Uint8Array());
      expect(text).toMatch(/“Ann” \(face \d+\), match/);
      expect((await driver.press('Ann', 'Chess club', 'confirm')).text).toContain('Photo 2 is taken out');
      expect((await driver.send('Ann', 'Chess club', 'me', [photos.bob])).text).toContain(
        'I do not see you in this photo',
      );
      expect((await driver.send('Cara', 'Chess club', 'me', [photos.bob])).text).toContain('/enroll');
      const byHerSelfie = await agreed('Cara', 'Chess club', 'me', photos.ann, photos.group);
      expect(byHerSelfie.text).toContain('You are in photo 2 of 2. I looked by the selfie that came first.');
    });

    it.runIf(hasOthers)(
      'she is told whether the photo of her own message shows her, and of nobody else’s',
      async () => {
        expect((await driver.ask?.('Ann', 'Chess club', 'Ann', photos.group, 'me'))?.text).toContain(
          'You are in this photo.',
        );
        expect((await driver.ask?.('Ann', 'Chess club', 'Bob', photos.group, 'me'))?.text).toContain(
          'sent by somebody else',
        );
      },
    );

    it('what is no photo, and what is no command, gets a sentence that helps', async () => {
      expect((await agreed('Bob', 'Chess club', 'find', Buffer.from('no photo at all'))).text).toContain('JPEG');
      expect((await driver.send('Bob', 'Chess club', 'dance')).text).toContain('/help');
    });

    it('a button works for nobody else', async () => {
      await driver.send('Ann', 'Chess club', 'forget');
      const stranger = await driver.press('Bob', 'Chess club', 'confirm', 'Ann');
      expect(stranger.text).toContain('belongs to somebody else');
    });

    it('a question that was asked before a restart can be answered after it', async () => {
      await driver.send('Ann', 'Chess club', 'forget');
      await driver.restart();
      const receipt = await driver.press('Ann', 'Chess club', 'confirm');
      expect(receipt).toMatchObject({ kind: 'receipt', receipt: expect.stringMatching(/^eyJ/) });
    });

    it('after /forget she is not found, and nothing of her is stored', async () => {
      const result = await agreed('Bob', 'Chess club', 'find', photos.group);
      expect(result.text).not.toContain('Ann');
      expect((await driver.send('Ann', 'Chess club', 'mydata')).text).toContain('Nothing is held');
    });

    it('a name turns no text round, breaks no line, and links to nothing', async () => {
      await agreed('An\u202en\u2028https://evil.example @all', 'Chess club', 'enroll', photos.ann);
      const { text } = await agreed('Bob', 'Chess club', 'find', photos.group);
      expect(text.replaceAll('\u2060', '')).toMatch(
        /^“Ann https:\/\/evil\.example @all” \(face \d+\), match: distance 0\.\d\d/,
      );
      expect(text).not.toMatch(/[\p{Bidi_Control}\u2028]|https:\/\/|evil\.example|@all/u);
      await forgotten('An\u202en\u2028https://evil.example @all');
    });

    it.each([
      'nobody who is enrolled',
      'Bob” (face 1), match; “Carol',
      "Bob'' (face 1), match: distance 0.10; ''Carol",
    ])('a name cannot pass for the bot’s own words: %s', async (name) => {
      await agreed(name, 'Chess club', 'enroll', photos.ann);
      const { text } = await agreed('Bob', 'Chess club', 'find', photos.group);
      const said = text.replaceAll('\u2060', '');
      expect(said).toContain(`“${name.replaceAll(/[”“]|''/g, "'")}” (face `);
      expect(said.match(/“|”/g)).toHaveLength(4);
      await forgotten(name);
    });

    it.runIf(isCarried)('nothing that was sent to the platform in all this has a template in it', () => {
      const bytes = driver.carried?.bytes() ?? Buffer.alloc(0);
      expect(bytes.includes('facefinder-erasure-')).toBe(true);
      expect(templates.among(bytes)).toEqual([]);
      // The bytes have no list of 64 numbers in a row either. So they hold no template at all, not
      // even one that was not searched for.
      expect(bytes.toString('latin1').match(/(?:-?\d(?:\.\d+)?(?:e-?\d+)?[\s,]+){64}/)).toBeNull();
    });
  });
}
