/** The option of the photo of that index with this id. */
export function photoOption({ id }: { readonly id: string }, index: number) {
  return { type: 11, name: `photo${index === 0 ? '' : index + 1}`, value: id };
}

/** Options that are switched on by words after a command. */
export function switchedOn(typed: string) {
  const [, ...names] = typed.split(' ');
  return names.map((name) => ({ type: 5, name, value: true }));
}
