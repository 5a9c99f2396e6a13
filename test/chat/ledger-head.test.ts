import { expect, it } from 'vitest';
import { verifyHead } from '../../src/consent/head.ts';
import { receiptSigner } from '../../src/consent/receipt.ts';
import { ALICE, openStage } from './stage.ts';

it('/privacy and /mydata give the signed head of the group’s ledger as it is now', async () => {
  await using stage = await openStage();
  await stage.agreed(ALICE, 'enroll', ['anna']);
  const { publicJwk } = await receiptSigner(stage.flow.keys);
  const { length: size } = await stage.flow.gallery.ledger(await stage.scope());
  const given: unknown[] = [];
  for (const command of ['privacy', 'mydata']) {
    for (const reply of await stage.say(ALICE, command)) if (reply.kind === 'info') given.push(reply.data);
  }
  const heads = given.flat().map((data) => (data as { ledgerHead: string }).ledgerHead);
  expect(heads).toHaveLength(2);
  for (const head of heads) expect(await verifyHead(head, publicJwk)).toMatchObject({ size });
});
