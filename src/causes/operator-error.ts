/**
 * Stops what an operator asked for. Its message is a sentence of ours: what, where, what to do next. The program prints and logs
 * it as it is; the message of every other error stays inside.
 */
export class OperatorError extends Error {
  override readonly name: string = 'OperatorError';
}
