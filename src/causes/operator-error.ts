/**
 * An error that ends an operator's command. Its message says what is wrong, where, and what to do
 * next. The program prints and logs only messages of this kind as they are.
 */
export class OperatorError extends Error {
  override readonly name: string = 'OperatorError';
}
