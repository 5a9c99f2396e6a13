/**
 * Preloaded into the program (`node --import`): reports on standard error when it connects to
 * anything.
 */
import { Socket } from 'node:net';

const { connect } = Socket.prototype;

Socket.prototype.connect = function (this: Socket, ...args: unknown[]) {
  process.stderr.write('CONNECTS\n');
  return Reflect.apply(connect, this, args);
};
