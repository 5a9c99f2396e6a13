import type { Words } from './words.ts';

export const de: Words = {
  commands: {
    enroll: 'Nimmt dein Gesicht auf, damit Fotos von hier dich finden',
    find: 'Findet aufgenommene Personen dieser Gruppe in einem Foto',
    forget: 'Löscht alles über dich, mit Quittung',
    mydata: 'Zeigt alles, was über dich gespeichert ist, und wer dich fand',
    privacy: 'Was gespeichert wird, wozu, wie lange, und wen man fragt',
    help: 'Was dieser Bot tut und wie man ihn benutzt',
  },
  discord: {},
  telegram: {},
  page: {},
};
