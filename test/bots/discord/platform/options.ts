/** The command's option for a photo: its index says which, and the id is that of the attachment. */
export function photoOption({ id }: { readonly id: string }, index: number) {
  return { type: 11, name: `photo${index === 0 ? '' : index + 1}`, value: id };
}

/** Options that words after a command switch on. */
export function switchedOn(typed: string) {
  const [, ...names] = typed.split(' ');
  return names.map((name) => ({ type: 5, name, value: true }));
}
