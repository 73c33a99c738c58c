// Hosts at the head of the drawing: moved by drag or by Shift with the arrow keys, renamed by a double click or
// Enter. Names and order are kept for the next call with these hosts, in this browser.

import { html } from "./dom.js";
import { headHeight } from "./geometry.js";

const longestName = 40;

export class Heads {
  constructor(ladder, names) {
    this.ladder = ladder;
    this.names = names;
    const kept = names.get();
    const { columns } = ladder.model;
    for (const column of columns) column.name = kept.names?.[column.key] ?? column.given;
    const rank = new Map((kept.order ?? []).map((key, i) => [key, i]));
    this.order = columns.map((_, i) => i);
    const known = this.order.filter((i) => rank.has(columns[i].key));
    const sorted = [...known].sort((a, b) => rank.get(columns[a].key) - rank.get(columns[b].key));
    known.forEach((place, i) => {
      this.order[place] = sorted[i];
    });
    this.#listen(ladder.headsSvg);
  }

  isChanged() {
    return (
      this.order.some((column, i) => column !== i) ||
      this.ladder.model.columns.some(({ name, given }) => name !== given)
    );
  }

  reset() {
    this.order = this.ladder.model.columns.map((_, i) => i);
    for (const column of this.ladder.model.columns) column.name = column.given;
    this.#keep();
    this.ladder.layout();
  }

  #keep() {
    const { columns } = this.ladder.model;
    const kept = this.names.get();
    const names = { ...kept.names };
    for (const { key, name, given } of columns) {
      if (name === given) delete names[key];
      else names[key] = name;
    }
    const isMoved = this.order.some((column, i) => column !== i);
    const own = this.order.map((i) => columns[i].key);
    const others = (kept.order ?? []).filter((key) => !own.includes(key));
    this.names.set({ names, order: isMoved ? [...own, ...others] : others });
  }

  /** Puts a column before or behind its neighbour that is shown. */
  move(column, step) {
    const { order: shown } = this.ladder.geometry;
    const other = shown[shown.indexOf(column) + step];
    if (other === undefined) return;
    const from = this.order.indexOf(column),
      to = this.order.indexOf(other);
    this.order.splice(from, 1);
    this.order.splice(to, 0, column);
    this.#keep();
    this.ladder.layout();
    this.#focus(column);
  }

  rename(column, name) {
    const one = this.ladder.model.columns[column];
    one.name = name.trim().slice(0, longestName) || one.given;
    this.#keep();
    this.ladder.layout();
    this.#focus(column);
  }

  #focus(column) {
    this.ladder.headsSvg.querySelector(`[data-column="${column}"]`)?.focus();
  }

  #ask(column) {
    const { headsBox, geometry, zoom, model } = this.ladder;
    const input = html("input", { class: "rename", "aria-label": "Name of this host", maxlength: longestName });
    input.value = model.columns[column].name;
    input.style.left = `${geometry.x.get(column) * zoom - 80}px`;
    input.style.top = `${(headHeight * zoom) / 2 - 15}px`;
    let isDone = false;
    const done = (name) => {
      if (isDone) return;
      isDone = true;
      input.remove();
      if (name !== undefined) this.rename(column, name);
      else this.#focus(column);
    };
    input.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Enter") done(input.value);
      if (event.key === "Escape") done();
    });
    input.addEventListener("blur", () => done(input.value));
    headsBox.append(input);
    input.select();
  }

  #listen(element) {
    const columnOf = ({ target }) => {
      const head = target.closest?.("[data-column]");
      return head ? Number(head.getAttribute("data-column")) : undefined;
    };
    element.addEventListener("dblclick", (event) => {
      if (columnOf(event) !== undefined) this.#ask(columnOf(event));
    });
    element.addEventListener("keydown", (event) => {
      const column = columnOf(event);
      if (column === undefined) return;
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (step && event.shiftKey) this.move(column, step);
      else if (event.key === "Enter" || event.key === "F2") this.#ask(column);
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    let dragged;
    element.addEventListener("pointerdown", (event) => {
      const column = columnOf(event);
      if (column === undefined || event.button !== 0) return;
      dragged = { column, start: event.clientX };
    });
    element.addEventListener("pointermove", (event) => {
      if (!dragged || Math.abs(event.clientX - dragged.start) < 5) return;
      if (!element.hasPointerCapture(event.pointerId)) element.setPointerCapture(event.pointerId);
      const { x, order } = this.ladder.geometry;
      const at = (event.clientX - element.getBoundingClientRect().left) / this.ladder.zoom;
      const place = order.indexOf(dragged.column);
      const head = element.querySelector(`[data-column="${dragged.column}"]`);
      head?.classList.add("dragged");
      head?.setAttribute("transform", `translate(${at - x.get(dragged.column)} 0)`);
      const before = order[place - 1],
        behind = order[place + 1];
      if (before !== undefined && at < x.get(before)) this.move(dragged.column, -1);
      else if (behind !== undefined && at > x.get(behind)) this.move(dragged.column, 1);
    });
    const end = () => {
      if (dragged && element.querySelector(".dragged")) this.ladder.layout();
      dragged = undefined;
    };
    element.addEventListener("pointerup", end);
    element.addEventListener("pointercancel", end);
  }
}
