import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Person } from '../../src/consent/who.ts';
import { ALICE, BOB, openStage } from './stage.ts';

const CAROL: Person = { platform: 'telegram', id: '1003', name: 'Carol' };

let stage: Awaited<ReturnType<typeof openStage>>;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage[Symbol.asyncDispose]());

const text = (replies: readonly { readonly text: string }[]) =>
  replies.map((reply) => reply.text.replaceAll('\u2060', '')).join('\n');
const heldName = async (person: Person) => (await stage.flow.gallery.dossier(await stage.scope(), person))?.person.name;

it('somebody who is found has the name that their platform tells now, and the past name is nowhere', async () => {
  await stage.agreed(ALICE, 'enroll', ['anna']);
  stage.platform.names.set(ALICE.id, { name: 'Anna', handle: 'anna_1' });
  const found = text(await stage.agreed(BOB, 'find', ['anna']));
  expect(found).toContain('“Anna” (face 1), match');
  expect(found).not.toContain('Alice');
  expect(found).not.toContain('anna_1');
  expect(await heldName(ALICE)).toBe('Anna');
});

it('two who share a name are told apart by the names of their accounts', async () => {
  await stage.agreed(ALICE, 'enroll', ['anna']);
  await stage.agreed(CAROL, 'enroll', ['carl']);
  stage.platform.names.set(ALICE.id, { name: 'Alex', handle: 'anna_1' });
  stage.platform.names.set(CAROL.id, { name: 'Alex', handle: 'carl_2' });
  const found = text(await stage.agreed(BOB, 'find', ['anna,carl']));
  expect(found).toContain('“Alex” (@anna_1) (face 1), match');
  expect(found).toContain('“Alex” (@carl_2) (face 2), match');
});

it('somebody who asks under a new name is known by it, also to people whom they found before', async () => {
  await stage.agreed(ALICE, 'enroll', ['anna']);
  await stage.agreed(BOB, 'find', ['anna']);
  await stage.say({ ...BOB, name: 'Robert' }, 'find', ['anna']);
  expect(await heldName(BOB)).toBe('Robert');
  const found = text(await stage.say(ALICE, 'mydata'));
  expect(found).toContain('Robert');
  expect(found).not.toContain('Bob');
});

it('/mydata takes the new name over too', async () => {
  await stage.agreed(ALICE, 'enroll', ['anna']);
  const [data] = await stage.say({ ...ALICE, name: 'Anna' }, 'mydata');
  expect(data?.kind === 'info' && JSON.stringify(data.data)).toContain('"name":"Anna"');
  expect(await heldName(ALICE)).toBe('Anna');
});

it('a platform that tells no name now leaves the one that was stored', async () => {
  await stage.agreed(ALICE, 'enroll', ['anna']);
  stage.platform.memberships.set(ALICE.id, 'down');
  expect(text(await stage.agreed(BOB, 'find', ['anna']))).toContain('“Alice” (face 1), match');
});
