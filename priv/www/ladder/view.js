// The drawing on the page: rows that are seen are drawn, the others are not there; pointing, pinning, moving.

import { drawHead, drawRow, spoken } from "./draw.js";
import { html, svg } from "./dom.js";
import { geometryOf, headHeight } from "./geometry.js";
import { Heads } from "./heads.js";
import { paper } from "./paper.js";
import { between, rowsOf } from "./rows.js";

const ahead = 600; // units drawn above and below what is seen

export class LadderView {
  #drawn = new Map(); // by index of the row
  #scheduled = false;
  #paper;

  /**
   * @param told {show(place), pin(places), change()}: what the page is told of
   * @param names {get(), set(value)}: where the hosts' own names and order are kept
   * @param signal ends listening
   */
  constructor(element, model, told, names, signal) {
    this.model = model;
    this.told = told;
    this.view = {
      hiddenLegs: new Set(),
      hiddenMethods: new Set(),
      hiddenHosts: new Set(),
      folded: true,
      sdp: true,
      relative: false,
      clock: "",
    };
    this.zoom = 1;
    this.current = undefined;
    this.pinned = [];
    this.found = new Set();
    this.headsSvg = svg("svg", { class: "heads", role: "group", "aria-label": "Hosts" });
    this.rowsSvg = svg("svg", { class: "rows", "aria-hidden": "true" });
    this.said = html("div", { class: "unseen" });
    this.headsBox = html("div", { class: "ladder-heads" }, this.headsSvg);
    this.body = html(
      "div",
      { class: "ladder-body", role: "listbox", tabindex: 0, "aria-label": "Messages of the call" },
      this.rowsSvg,
      this.said,
    );
    element.classList.add("ladder");
    element.replaceChildren(this.headsBox, this.body);
    this.element = element;
    this.heads = new Heads(this, names);
    this.#listen(signal);
    this.layout();
  }

  /** Anew, after a change of what is shown or of the room there is. */
  layout() {
    const { hiddenHosts } = this.view;
    const used = new Set(this.model.messages.flatMap(({ from, to }) => [from, to]));
    const order = this.heads.order.filter((i) => !hiddenHosts.has(i) && used.has(i));
    this.rows = rowsOf(this.model, this.view);
    this.placeOf = new Map(
      this.rows.flatMap((row, i) =>
        row.gap ? [] : [row.message.place, ...(row.folded ?? [])].map((place) => [place, i]),
      ),
    );
    this.geometry = geometryOf((this.body.clientWidth || 960) / this.zoom, order);
    const last = this.rows.at(-1);
    this.height = last ? last.y + last.height + 10 : 60;
    const size = (element, height) => {
      element.setAttribute("width", this.geometry.width * this.zoom);
      element.setAttribute("height", height * this.zoom);
      element.setAttribute("viewBox", `0 0 ${this.geometry.width} ${height}`);
    };
    size(this.headsSvg, headHeight);
    size(this.rowsSvg, this.height);
    this.headsSvg.replaceChildren(...order.map((i) => drawHead(this.model.columns[i], i, this.geometry)));
    this.rowsSvg.replaceChildren(
      svg("g", {}, !last && svg("text", { class: "note", x: 24, y: 34 }, "No message passes the filters.")),
    );
    this.#drawn.clear();
    this.draw();
    this.#say();
    this.told.change?.();
  }

  /** Draws what is seen and is not drawn yet, removes what is not seen any more. */
  draw() {
    const box = this.rowsSvg.getBoundingClientRect();
    const top = -box.top / this.zoom - ahead;
    const bottom = (innerHeight - box.top) / this.zoom + ahead;
    const [from, end] = between(this.rows, top, bottom);
    for (const [i, element] of this.#drawn) {
      if (i >= from && i < end) continue;
      element.remove();
      this.#drawn.delete(i);
    }
    let after = this.#drawn.get(from - 1) ?? this.rowsSvg.firstChild;
    for (let i = from; i < end; ++i) {
      let element = this.#drawn.get(i);
      if (!element) {
        element = drawRow(this.rows[i], this.rows[i - 1], this.model, this.view, this.geometry);
        after.after(element);
        this.#drawn.set(i, element);
        this.#mark(i);
      }
      after = element;
    }
  }

  /** Puts all rows beside what is seen, for paper alone; false: takes them away again. */
  print(isOnPaper) {
    this.#paper?.remove();
    this.#paper = isOnPaper ? paper(this) : undefined;
    if (this.#paper) this.element.append(this.#paper);
  }

  /** Makes a message the current one; `reveal` scrolls it into view. */
  show(place, reveal) {
    const row = this.placeOf.get(place);
    if (row === undefined) return false;
    this.current = place;
    if (reveal) {
      const box = this.rowsSvg.getBoundingClientRect();
      const { y, height } = this.rows[row];
      const top = box.top + y * this.zoom,
        bottom = top + height * this.zoom;
      const above = this.headsBox.getBoundingClientRect().bottom;
      if (top < above + 20 || bottom > innerHeight - 40) scrollBy(0, top - Math.max(above + 40, innerHeight * 0.35));
      this.draw();
    }
    this.mark();
    this.#say();
    this.told.show?.(place);
    return true;
  }

  /** For who hears the page: the current row and its neighbours, in words. */
  #say() {
    const now = this.placeOf.get(this.current) ?? 0;
    const near = this.rows.slice(Math.max(0, now - 1), now + 2).filter((row) => !row.gap);
    this.said.replaceChildren(
      ...near.map((row) =>
        html(
          "div",
          {
            role: "option",
            id: `said-${row.message.place}`,
            "aria-selected": String(this.pinned.includes(row.message.place)),
          },
          spoken(row, this.model),
        ),
      ),
    );
    const row = this.rows[this.placeOf.get(this.current)];
    if (row) this.body.setAttribute("aria-activedescendant", `said-${row.message.place}`);
    else this.body.removeAttribute("aria-activedescendant");
  }

  /** The shown message `step` rows from the current one. */
  move(step) {
    const now = this.placeOf.get(this.current);
    let next =
      now !== undefined ? now + step : step > 0 && step !== Infinity ? 0 : step === -Infinity ? 0 : this.rows.length;
    next = Math.max(0, Math.min(this.rows.length - 1, next));
    while (this.rows[next]?.gap && this.rows[next + Math.sign(step)]) next += Math.sign(step);
    if (this.rows[next] && !this.rows[next].gap) this.show(this.rows[next].message.place, true);
  }

  /** Pins a message, or lets it go; the third one takes the place of the oldest. */
  pin(place) {
    if (this.pinned.includes(place)) this.pinned = this.pinned.filter((one) => one !== place);
    else this.pinned = [...this.pinned, place].slice(-2);
    this.mark();
    this.#say();
    this.told.pin?.(this.pinned);
  }

  unpin() {
    this.pinned = [];
    this.mark();
    this.#say();
    this.told.pin?.(this.pinned);
  }

  /** Messages that are lit up as found. */
  light(places) {
    this.found = new Set(places);
    this.mark();
  }

  setZoom(zoom) {
    this.zoom = Math.max(0.5, Math.min(2, Math.round(zoom * 10) / 10));
    this.layout();
  }

  mark() {
    for (const i of this.#drawn.keys()) this.#mark(i);
  }

  #mark(i) {
    const element = this.#drawn.get(i);
    const { message, gap, folded } = this.rows[i];
    if (gap) return;
    const places = [message.place, ...(folded ?? [])];
    const is = (place) => place !== undefined && places.includes(place);
    const current = this.model.messages[this.current];
    element.classList.toggle("current", is(this.current));
    element.classList.toggle("pinned", this.pinned.some(is));
    element.classList.toggle(
      "found",
      places.some((place) => this.found.has(place)),
    );
    element.classList.toggle("maker", !is(this.current) && is(current?.cause));
    element.classList.toggle("made", !is(this.current) && !!current?.effects.some(is));
  }

  #rowAt(target) {
    const place = target.closest?.("[data-place]")?.getAttribute("data-place");
    return place === null || place === undefined ? undefined : Number(place);
  }

  #listen(signal) {
    // Rows that scroll below a pointer at rest do not take the place of the one that the keyboard chose.
    let at;
    this.rowsSvg.addEventListener("pointermove", ({ target, clientX, clientY }) => {
      const rests = at === `${clientX},${clientY}`;
      at = `${clientX},${clientY}`;
      const place = rests ? undefined : this.#rowAt(target);
      if (place !== undefined && place !== this.current) this.show(place, false);
    });
    this.rowsSvg.addEventListener("click", ({ target }) => {
      const place = this.#rowAt(target);
      if (place === undefined || String(getSelection())) return;
      this.show(place, false);
      this.pin(place);
    });
    this.body.addEventListener("focus", () => {
      if (this.current === undefined && this.body.matches(":focus-visible")) this.move(1);
    });
    this.body.addEventListener("scroll", () => {
      this.headsBox.scrollLeft = this.body.scrollLeft;
    });
    const later = () => {
      if (this.#scheduled) return;
      this.#scheduled = true;
      requestAnimationFrame(() => {
        this.#scheduled = false;
        this.draw();
      });
    };
    addEventListener("scroll", later, { passive: true, signal, capture: true });
    let width = this.body.clientWidth;
    const resized = new ResizeObserver(() => {
      if (this.body.clientWidth === width) later();
      else ((width = this.body.clientWidth), this.layout());
    });
    resized.observe(this.body);
    signal.addEventListener("abort", () => resized.disconnect());
    addEventListener("beforeprint", () => this.print(true), { signal });
    addEventListener("afterprint", () => this.print(false), { signal });
  }
}
