import { describe } from 'vitest';
import { endsInOrder } from './contract/ends.ts';
import { repeatsFailures } from './contract/failures.ts';
import { keepsLimits } from './contract/limits.ts';
import type { OpenQueue } from './contract/open.ts';
import { keepsOrder } from './contract/order.ts';

/** The promises of every queue, on any store. */
export function queueContract(name: string, open: OpenQueue): void {
  describe(`queue: ${name}`, () => {
    keepsOrder(open);
    keepsLimits(open);
    repeatsFailures(open);
    endsInOrder(open);
  });
}
