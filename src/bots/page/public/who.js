import { byId, el } from './dom.js';
import { t } from './facts.js';

/** @typedef {import('./api.js').Speaker} Speaker */

const PEOPLE = ['Alice', 'Bob', 'Carol'];
const DEFAULT_GROUP = 'local';
const GROUPS = [DEFAULT_GROUP, 'club'];
/**
 * The key under which the chosen names are kept until the tab is closed. kept.js keeps everything
 * else.
 */
const STORE = 'facefinder.speaker';

/** @type {() => void} */
let tellChange = () => {};

/** @type {{names: string[], groups: string[], name: string, scope: string}} */
const state = { names: PEOPLE, groups: GROUPS, name: 'Alice', scope: DEFAULT_GROUP, ...restored() };

/**
 * The present speaker and group. The name is also the id, because on this page everybody is who
 * they claim to be.
 */
export function speaker() {
  return { user: state.name.toLowerCase(), name: state.name, scope: state.scope };
}

/**
 * Draws the choice of people and groups. Reports the first choice and every change.
 * @param {(speaker: Speaker) => void} onChange
 */
export function chooseSpeaker(onChange) {
  const changed = () => {
    sessionStorage.setItem(STORE, JSON.stringify(state));
    drawPeople(choosePerson);
    drawGroups();
    onChange(speaker());
  };
  tellChange = changed;
  /** @param {string} name */
  const choosePerson = (name) => {
    if (!state.names.includes(name)) state.names = [...state.names, name];
    state.name = name;
    changed();
    document.getElementById(`person-${state.names.indexOf(name)}`)?.focus();
  };
  askForOther('people', 'other-person', 'other-name', choosePerson);
  askForOther('group', 'other-group', 'other-group-name', (scope) => {
    enterGroup(scope);
    byId('group-choice').focus();
  });
  byId('group-choice').addEventListener('change', ({ target }) => {
    const { value } = /** @type {HTMLSelectElement} */ (target);
    if (value === '') return reveal('other-group', 'other-group-name');
    byId('other-group').hidden = true;
    state.scope = value;
    changed();
  });
  changed();
}

/**
 * Switches to another group, which the choice then offers.
 * @param {string} scope
 */
export function enterGroup(scope) {
  if (!state.groups.includes(scope)) state.groups = [...state.groups, scope];
  state.scope = scope;
  tellChange();
}

/**
 * A group's title. The group that people are in at first has one in their language.
 * @param {string} scope
 */
export function groupTitle(scope) {
  return scope === DEFAULT_GROUP ? t('defaultGroup') : scope;
}

/**
 * A round picture with a person's initial. The name decides its colour.
 * @param {string} name
 */
export function avatar(name) {
  const hue = [...name].reduce((sum, letter) => sum * 31 + (letter.codePointAt(0) ?? 0), 7) % 360;
  const circle = el('span', { class: 'avatar', 'aria-hidden': 'true' }, [...name][0]?.toUpperCase() ?? '?');
  circle.style.setProperty('--hue', String(hue));
  return circle;
}

/** @param {(name: string) => void} choose */
function drawPeople(choose) {
  const chips = state.names.map((name, index) =>
    el(
      'label',
      { class: 'chip' },
      el('input', {
        type: 'radio',
        name: 'person',
        id: `person-${index}`,
        value: name,
        checked: name === state.name,
        onchange: () => choose(name),
      }),
      avatar(name),
      el('span', {}, name),
    ),
  );
  const other = el('button', {
    type: 'button',
    class: 'chip add',
    onclick: () => reveal('other-person', 'other-name'),
  });
  other.append(el('span', { class: 'avatar', 'aria-hidden': 'true' }, '+'), el('span', {}, t('someoneElse')));
  byId('people-chips').replaceChildren(...chips, other);
}

function drawGroups() {
  const options = state.groups.map((scope) =>
    el('option', { value: scope, selected: scope === state.scope }, groupTitle(scope)),
  );
  byId('group-choice').replaceChildren(...options, el('option', { value: '' }, t('newGroup')));
}

/**
 * @param {string} form
 * @param {string} box
 * @param {string} field
 * @param {(name: string) => void} choose
 */
function askForOther(form, box, field, choose) {
  byId(form).addEventListener('submit', (event) => {
    event.preventDefault();
    const input = /** @type {HTMLInputElement} */ (byId(field));
    const name = input.value.trim();
    if (name === '') return input.focus();
    input.value = '';
    byId(box).hidden = true;
    choose(name);
  });
}

/**
 * @param {string} box
 * @param {string} field
 */
function reveal(box, field) {
  // Only one of the two forms is open, because a phone has no room for both.
  for (const other of ['other-person', 'other-group']) byId(other).hidden = other !== box;
  byId(field).focus();
}

function restored() {
  try {
    return JSON.parse(sessionStorage.getItem(STORE) ?? '{}');
  } catch {
    return {};
  }
}
