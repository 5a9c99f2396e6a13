import { expect, test } from 'vitest';
import { inReadingOrder } from '../../commands/reading-order.ts';

const at = (name: string, x: number, y: number, side = 50) => ({ name, box: [x, y, side, side] as const });
const order = (...faces: Parameters<typeof inReadingOrder>[0][number][]) =>
  inReadingOrder(faces).map((face) => ('name' in face ? face.name : ''));

test('faces of one row are numbered from the left, however high each head is', () => {
  expect(order(at('right', 400, 120), at('middle', 200, 80, 70), at('left', 10, 110))).toEqual([
    'left',
    'middle',
    'right',
  ]);
});

test('the row behind comes before the row in front, large faces or small', () => {
  const front = [at('front left', 50, 300, 90), at('front right', 250, 290, 90)];
  const back = [at('back right', 220, 100, 40), at('back left', 100, 110, 40)];
  expect(order(...front, ...back)).toEqual(['back left', 'back right', 'front left', 'front right']);
});

test('no face is lost', () => {
  expect(inReadingOrder([])).toEqual([]);
  expect(order(at('alone', 1, 1))).toEqual(['alone']);
});
