import type { Page } from 'playwright-core';

/**
 * A function that runs in the browser. It gives the elements that overlap others, leave the screen,
 * or are cut off by their container. A container that scrolls cuts nothing off.
 */
const FAULTS = `() => {
  const faults = [];
  const name = (element) =>
    (element.id ? '#' + element.id : element.className || element.tagName) + ' "' + (element.textContent ?? '').trim().slice(0, 40) + '"';
  const style = (element) => getComputedStyle(element);
  const isForReadersAlone = (element) => style(element).clipPath !== 'none';
  const isShown = (element) => {
    for (let box = element; box; box = box.parentElement) if (isForReadersAlone(box)) return false;
    return element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !element.matches('.skip');
  };
  const root = document.querySelector('dialog[open]') ?? document.body;
  const shown = [...root.querySelectorAll('*')].filter(isShown);
  const scrolls = (value) => value === 'auto' || value === 'scroll';

  for (const element of shown) {
    const { overflowX, overflowY } = style(element);
    // Two pixels may be cut off, because the letters of touching lines overlap a little.
    const over = { x: element.scrollWidth - element.clientWidth, y: element.scrollHeight - element.clientHeight };
    if (element.clientWidth > 0 && overflowX !== 'visible' && !scrolls(overflowX) && over.x > 2) faults.push(name(element) + ' cuts ' + over.x + ' px off its width');
    if (element.clientHeight > 0 && overflowY !== 'visible' && !scrolls(overflowY) && over.y > 2 && element.tagName !== 'INPUT') faults.push(name(element) + ' cuts ' + over.y + ' px off its height');
    const { left, right } = element.getBoundingClientRect();
    if (element.closest('pre') === null && (left < -1 || right > innerWidth + 1)) faults.push(name(element) + ' sticks out at a side');
  }

  const pen = new OffscreenCanvas(1, 1).getContext('2d');
  const fits = (element, text, room, of) => {
    pen.font = getComputedStyle(element, of === 'placeholder' ? '::placeholder' : null).font;
    const padding = parseFloat(style(element).paddingLeft) + parseFloat(style(element).paddingRight);
    if (pen.measureText(text).width > element.clientWidth - padding - room + 1) faults.push('the ' + of + ' "' + text + '" is cut');
  };
  for (const field of shown.filter((element) => element.matches('input[placeholder]'))) fits(field, field.placeholder, 0, 'placeholder');
  // A list needs 16 pixels for its arrow.
  for (const list of shown.filter((element) => element.matches('select'))) fits(list, list.selectedOptions[0].text, 16, 'choice');
  for (const button of shown.filter((element) => element.matches('.tools button, #send'))) {
    if (button.firstChild && button.clientHeight > 60) faults.push(name(button) + ' breaks into lines');
  }

  const clipped = (element) => {
    let { left, top, right, bottom } = element.getBoundingClientRect();
    for (let box = element.parentElement; box; box = box.parentElement) {
      if (style(box).overflowX === 'visible') continue;
      const view = box.getBoundingClientRect();
      [left, top, right, bottom] = [Math.max(left, view.left), Math.max(top, view.top), Math.min(right, view.right), Math.min(bottom, view.bottom)];
    }
    return { left, top, right, bottom };
  };
  const hasText = (element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== '');
  const parts = shown.filter((element) => hasText(element) || element.matches('button, input, select, img, canvas, video'));
  // Elements that may lie over each other: numbers on a photo and on a crop of it, the cross on a
  // small picture, and the invisible radio button that covers its label.
  const isOnTop = (element) => element.closest('.scale, .tray li, .picture, .crop, .chip') !== null;
  const boxes = parts.map((element) => [element, clipped(element)]);
  for (const [index, [a, one]] of boxes.entries()) {
    for (const [b, other] of boxes.slice(index + 1)) {
      const width = Math.min(one.right, other.right) - Math.max(one.left, other.left);
      const height = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
      // Boxes may overlap by 2 or 3 pixels, as those of lines in one paragraph do.
      if (width < 3 || height < 4 || a.contains(b) || b.contains(a)) continue;
      if (isOnTop(a) && isOnTop(b)) continue;
      const inline = (element) => style(element).display === 'inline';
      if (inline(a) || inline(b)) continue;
      faults.push(name(a) + ' and ' + name(b) + ' lie over each other');
    }
  }
  return faults;
}`;

/**
 * Elements of the page that overlap others, leave the screen, or are cut off, in words for people
 * who read a failed test.
 */
export async function layoutFaults(page: Page): Promise<string[]> {
  return await page.evaluate<string[]>(`(${FAULTS})()`);
}

/**
 * A function that runs in the browser. It says whether the last element of the selector is fully on
 * the screen, with nothing over its middle.
 */
const IN_VIEW = `(selector) => {
  const element = [...document.querySelectorAll(selector)].at(-1);
  if (!element) return 'not there';
  const { left, top, right, bottom } = element.getBoundingClientRect();
  const hit = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
  const isWhole = left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight;
  return isWhole && hit !== null && (element.contains(hit) || hit.contains(element)) ? 'in view' : 'at ' + [left, top, right, bottom].map(Math.round);
}`;

/**
 * `in view` when a person sees the whole of the selector's last element without scrolling;
 * otherwise the edges of that element, or `not there`.
 */
export async function whereIs(page: Page, selector: string): Promise<string> {
  return await page.evaluate<string>(`(${IN_VIEW})(${JSON.stringify(selector)})`);
}
