// A long list of which only the rows that are seen are in the page. All rows have the same height.

import { html } from "./ladder/dom.js";

const beyond = 12; // rows drawn above and below what is seen
const settled = 250; // milliseconds

export class VirtualList {
  #drawn = new Map(); // by key
  #scheduled = false;

  /**
   * @param options {rowHeight, keyOf(item), draw(item): element, nearEnd(), seen(from, end)}:
   *   `nearEnd` is called when the last row is near, `seen` when the same rows were in the page for a moment
   */
  constructor(element, options) {
    this.options = options;
    this.items = [];
    this.element = element;
    element.classList.add("virtual-list");
    const later = () => {
      if (this.#scheduled) return;
      this.#scheduled = true;
      requestAnimationFrame(() => {
        this.#scheduled = false;
        this.draw();
      });
    };
    addEventListener("scroll", later, { passive: true });
    addEventListener("resize", later);
  }

  /** New items; what is seen stays where it is if rows came in above. */
  set(items, addedAbove = 0) {
    const top = this.element.getBoundingClientRect().top;
    this.items = items;
    this.element.style.height = `${items.length * this.options.rowHeight}px`;
    if (addedAbove > 0 && top < 0) scrollBy(0, addedAbove * this.options.rowHeight);
    this.draw();
  }

  draw() {
    const { rowHeight, keyOf, draw, nearEnd } = this.options;
    const top = this.element.getBoundingClientRect().top;
    const first = Math.max(0, Math.floor(-top / rowHeight) - beyond);
    const end = Math.min(this.items.length, Math.ceil((innerHeight - top) / rowHeight) + beyond);
    const wanted = new Set();
    for (let i = first; i < end; ++i) {
      const item = this.items[i],
        key = keyOf(item);
      wanted.add(key);
      let drawn = this.#drawn.get(key);
      if (!drawn || drawn.item !== item) {
        const element = draw(item);
        const hadFocus = drawn?.element.contains(document.activeElement);
        if (drawn) drawn.element.replaceWith(element);
        else this.element.append(element);
        if (hadFocus) element.querySelector("a")?.focus({ preventScroll: true });
        drawn = { item, element };
        this.#drawn.set(key, drawn);
      }
      if (drawn.at !== i) {
        drawn.at = i;
        drawn.element.style.transform = `translateY(${i * rowHeight}px)`;
        drawn.element.setAttribute("aria-rowindex", String(i + 2));
      }
    }
    for (const [key, { element }] of this.#drawn) {
      if (wanted.has(key) || element.contains(document.activeElement)) continue;
      element.remove();
      this.#drawn.delete(key);
    }
    if (end > this.items.length - 50) nearEnd();
    clearTimeout(this.settling);
    this.settling = setTimeout(() => this.options.seen(first, end), settled);
  }

  /** The element of an item that is near what is seen. */
  elementAt(i) {
    return this.#drawn.get(this.options.keyOf(this.items[i] ?? {}))?.element;
  }

  reveal(i) {
    const { rowHeight } = this.options;
    const y = this.element.getBoundingClientRect().top + i * rowHeight;
    if (y < 140) scrollBy(0, y - 140);
    else if (y + rowHeight > innerHeight - 10) scrollBy(0, y + rowHeight - innerHeight + 10);
    this.draw();
  }
}

/** What stands in a row. */
export function cell(content, name) {
  return html("div", { role: "cell", class: name }, content);
}
