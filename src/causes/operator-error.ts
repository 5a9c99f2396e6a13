/**
 * An error with a sentence for operators, which says what is wrong, where, and what to do next.
 * Only messages of errors of this class are printed and logged as they are.
 */
export class OperatorError extends Error {
  override readonly name: string = 'OperatorError';
}
