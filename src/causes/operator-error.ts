/**
 * An error that ends an operator's command. Its message says what is wrong, where, and what to do
 * next. Messages of this kind are printed and logged as they are. Other messages are not.
 */
export class OperatorError extends Error {
  override readonly name: string = 'OperatorError';
}
