/**
 * A command's option for a photo. Its name tells the photo's index, and its value is the
 * attachment's id.
 */
export function photoOption({ id }: { readonly id: string }, index: number) {
  return { type: 11, name: `photo${index === 0 ? '' : index + 1}`, value: id };
}

/** The options that are switched on by the words after a command, as in `blur all`. */
export function switchedOn(typed: string) {
  const [, ...names] = typed.split(' ');
  return names.map((name) => ({ type: 5, name, value: true }));
}
