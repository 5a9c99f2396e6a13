import { byId, el } from './dom.js';
import { facts } from './facts.js';

/**
 * Suggests commands while a slash and a word are typed: arrow keys choose, Tab or Enter accepts,
 * Escape closes. Follows the ARIA pattern of a combobox with a list.
 * @param {HTMLInputElement} input
 */
export function suggestCommands(input) {
  const list = byId('suggestions');
  let active = -1;

  const close = () => {
    list.hidden = true;
    active = -1;
    input.setAttribute('aria-expanded', 'false');
    input.removeAttribute('aria-activedescendant');
  };
  /** @param {string} name */
  const take = (name) => {
    input.value = `/${name}`;
    close();
    input.dispatchEvent(new Event('input'));
    close();
    input.focus();
  };
  /** @param {number} index */
  const activate = (index) => {
    active = (index + list.children.length) % list.children.length;
    for (const [at, option] of [...list.children].entries())
      option.setAttribute('aria-selected', String(at === active));
    input.setAttribute('aria-activedescendant', `suggestion-${active}`);
  };
  const open = () => {
    const typed = /^\/(\w*)$/.exec(input.value)?.[1]?.toLowerCase();
    const fitting =
      typed === undefined ? [] : facts.commands.filter(({ name }) => name.startsWith(typed) && name !== typed);
    if (fitting.length === 0) return close();
    const options = fitting.map(({ name, what }, index) =>
      el(
        'div',
        {
          role: 'option',
          id: `suggestion-${index}`,
          'aria-selected': 'false',
          // The command is taken when the press begins. A click would come too late: the input
          // would have lost its focus, and that closes the list.
          onpointerdown: (/** @type {Event} */ event) => {
            event.preventDefault();
            take(name);
          },
        },
        el('strong', {}, `/${name}`),
        ' ',
        el('span', {}, what),
      ),
    );
    list.replaceChildren(...options);
    list.hidden = false;
    active = -1;
    input.setAttribute('aria-expanded', 'true');
  };

  input.addEventListener('input', open);
  input.addEventListener('blur', close);
  input.addEventListener('keydown', (event) => {
    if (list.hidden) return;
    const chosen = list.children[active]?.querySelector('strong')?.textContent?.slice(1);
    if (event.key === 'ArrowDown') activate(active + 1);
    else if (event.key === 'ArrowUp') activate(active < 0 ? -1 : active - 1);
    else if (event.key === 'Escape') close();
    else if ((event.key === 'Enter' || event.key === 'Tab') && chosen !== undefined) take(chosen);
    else return;
    event.preventDefault();
  });
}
