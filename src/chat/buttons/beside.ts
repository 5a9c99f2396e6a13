import { isAnsweredBelow } from '../series/answer.ts';
import { isDetails } from './details.ts';
import { saysWrongName } from './wrong-names.ts';

/** Whether a button is answered beside its message, which stays as it is. */
export function isAnsweredBeside(button: string): boolean {
  return saysWrongName(button) || isDetails(button) || isAnsweredBelow(button);
}
