/** A moment (milliseconds since 1970) to the minute, in UTC. */
export function day(at: number): string {
  return new Date(at).toISOString().slice(0, 16).replace('T', ' ');
}
