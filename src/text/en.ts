/** Every sentence a person reads, in English; other languages have the same shape. */
export const en = {
  /** One line each, for menus and slash command descriptions (Discord allows 100 characters). */
  commands: {
    enroll: 'Add your own face, so that photos sent here can find you',
    find: 'Find enrolled people of this group in a photo',
    forget: 'Erase everything held about you, with a receipt',
    mydata: 'See all that is held about you, and who found you',
    privacy: 'What is stored, why, how long, and whom to ask',
    help: 'What this bot does and how to use it',
  },
  discord: {},
  telegram: {},
  page: {},
};
