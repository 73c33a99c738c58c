// A stream of what happens. Only a page that is looked at has one: browsers open six connections to a server at a
// time, of all tabs together.

import { json } from "./api.js";

export class Live {
  #source;

  /** @param told {changed(), live(bool)}: `changed` also when the page is looked at again, which is behind */
  constructor(expression, told) {
    this.path = `/api/events?${new URLSearchParams(expression ? { q: expression } : {})}`;
    this.told = told;
    this.ending = new AbortController();
    const { signal } = this.ending;
    document.addEventListener("visibilitychange", () => this.#turn(true), { signal });
    this.#turn(false);
  }

  #turn(isAgain) {
    this.#source?.close();
    this.#source = undefined;
    if (document.hidden) return;
    if (isAgain) this.told.changed();
    const source = new EventSource(this.path);
    this.#source = source;
    for (const name of ["dialogue", "left_out"]) source.addEventListener(name, () => this.told.changed());
    source.addEventListener("open", () => this.told.live(true));
    source.addEventListener("error", () => {
      this.told.live(false);
      // It does not try again by itself: a login may be over, which a question tells.
      if (source.readyState === EventSource.CLOSED) json("/api/session").catch(() => {});
    });
  }

  close() {
    this.ending.abort();
    this.#source?.close();
  }
}
