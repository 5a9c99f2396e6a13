import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { subjectOf } from '../../src/consent/ledger.ts';
import { receiptSigner, verifyReceipt } from '../../src/consent/receipt.ts';
import { ALICE, action, BOB, CLUB, openStage, TEAM } from './stage.ts';

const OPERATOR = 'The board, board@club.example';
const POLICY = 'https://club.example/policy';

let stage: Awaited<ReturnType<typeof openStage>>;
beforeEach(async () => {
  stage = await openStage({ CONTACT: OPERATOR, POLICY_URL: POLICY, RETENTION_DAYS: '100' });
});
afterEach(() => stage[Symbol.asyncDispose]());

async function given() {
  const { publicJwk } = await receiptSigner(stage.flow.keys);
  const receipts = stage.platform.consented.map((reply) => (reply.kind === 'receipt' ? reply.receipt : ''));
  const verified = await Promise.all(receipts.map((jws) => verifyReceipt(jws, publicJwk)));
  return verified.map(({ of, claims }) => ({ of, ...claims }));
}

describe('somebody who agrees gets a receipt of it', () => {
  it('with the answer: what they agreed to, when, to which text, for how long, and with whom', async () => {
    const notice = await stage.say(ALICE, 'enroll', ['anna']);
    const [shown] = notice;
    if (shown?.kind !== 'consent') throw new Error('no notice');
    await stage.press(ALICE, action(notice, 'agree', 1));
    const held = await stage.flow.gallery.dossier(await stage.scope(), ALICE);
    const entry = held?.events.find(({ kind }) => kind === 'agreed');
    expect(await given()).toMatchObject([
      {
        of: 'consent',
        purpose: 'enrol',
        agreedAt: new Date(stage.clock.ms).toISOString(),
        notice: shown.notice,
        days: 100,
        shown: true,
        operator: OPERATOR,
        policy: POLICY,
        group: 'Club',
        subject: entry?.subject,
        ledger: { seq: entry?.seq, hash: entry?.hash },
      },
    ]);
  });

  it('by a form as by a button', async () => {
    const { hash } = stage.flow.notices('enrol', 'en', CLUB);
    await stage.say(ALICE, 'enroll', ['anna'], { choice: 'agree', args: `notice:${hash}` });
    expect(await given()).toMatchObject([{ notice: { hash }, shown: false }]);
  });

  it('even if the photo cannot be used', async () => {
    expect(await stage.agreed(ALICE, 'enroll', [''])).toMatchObject([{ kind: 'error', code: 'no_face' }]);
    expect(await given()).toMatchObject([{ purpose: 'enrol' }]);
  });

  it('once: not for what they agreed to before, and not again when a button repeats the ask', async () => {
    await stage.press(ALICE, action(await stage.say(ALICE, 'enroll', ['anna']), 'agree', 1));
    const [result] = await stage.agreed(BOB, 'find', ['anna']);
    await stage.say(BOB, 'find', ['anna']);
    if (result?.kind !== 'result' || !result.show) throw new Error('nothing can be shown');
    await stage.press(BOB, result.show);
    expect((await given()).map(({ of }) => of)).toEqual(['consent', 'consent']);
  });

  it('and none when they decline', async () => {
    await stage.press(ALICE, action(await stage.say(ALICE, 'enroll', ['anna']), 'decline'));
    expect(await given()).toEqual([]);
  });
});

it('/mydata gives the receipts of each group again, and nothing of them is stored', async () => {
  await stage.agreed(ALICE, 'enroll', ['anna']);
  await stage.agreed(ALICE, 'find', ['anna']);
  const inTeam = await stage.say(ALICE, 'enroll', ['anna'], { place: TEAM });
  await stage.press(ALICE, action(inTeam, 'agree'), { place: TEAM });
  const [data] = await stage.say(ALICE, 'mydata', [], { place: undefined });
  if (data?.kind !== 'info') throw new Error('no data');
  const { publicJwk } = await receiptSigner(stage.flow.keys);
  const groups = data.data as { group: string; consentReceipts: string[] }[];
  const said = await Promise.all(
    groups.flatMap(({ group, consentReceipts }) =>
      consentReceipts.map(async (jws) => {
        const { of, claims } = await verifyReceipt(jws, publicJwk);
        return `${group}: ${of} to ${of === 'consent' ? claims.purpose : ''} in ${claims.group}`;
      }),
    ),
  );
  expect(said.toSorted()).toEqual([
    'Club: consent to enrol in Club',
    'Club: consent to search in Club',
    'Team: consent to enrol in Team',
  ]);
});

it('the salt in /mydata shows its person, and only them, that their receipts of consent and erasure are theirs', async () => {
  await stage.agreed(ALICE, 'enroll', ['anna']);
  const [mine] = await stage.say(ALICE, 'mydata');
  if (mine?.kind !== 'info') throw new Error('no data');
  const [{ salt = '' } = {}] = mine.data as { salt?: string }[];
  const erased = await stage.press(ALICE, action(await stage.say(ALICE, 'forget'), 'confirm'));
  const jws = erased.flatMap((reply) => (reply.kind === 'receipt' ? [reply.receipt] : []));
  const { publicJwk } = await receiptSigner(stage.flow.keys);
  const erasures = await Promise.all(jws.map(async (one) => (await verifyReceipt(one, publicJwk)).claims));
  const subjects = [...(await given()), ...erasures].map(({ subject }) => subject);
  expect(subjects.length).toBeGreaterThan(1);
  const theirs = subjectOf(Buffer.from(salt, 'base64url'), ALICE);
  expect(subjects).toEqual(subjects.map(() => theirs));
});
