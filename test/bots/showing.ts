import type { Post, Showing } from '../../src/chat/courier.ts';

/**
 * Stands for the {@link Showing} of a result that may be posted once. `posts` has what was posted.
 * `told` has each answer of `begin`, and for each `end` whether something was posted.
 */
export function showing(fate: 'stays' | 'gone' = 'stays') {
  const posts: Post[] = [];
  const told: (string | undefined)[] = [];
  let state: 'go' | 'shown' | 'unknown' = 'go';
  const one: Showing = {
    async begin() {
      told.push(state);
      if (state !== 'go') return state;
      state = 'unknown';
      return 'go';
    },
    async end(post) {
      told.push(post ? 'posted' : 'nothing');
      state = post ? 'shown' : 'go';
      if (post) posts.push(post);
      return fate;
    },
  };
  return { ...one, posts, told };
}
