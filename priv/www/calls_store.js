// The calls that match an expression, the newest first: page by page backwards, and new ones as they happen.

import { json } from "./api.js";

const pageSize = 100;  // each is analysed for its findings
const betweenLooks = 1500;  // milliseconds

export class Calls {
  #events;
  #timer;
  #lastLook = 0;
  #isReading = false;

  /** @param told {rows(added above), problem(error), incomplete(text), live(bool)} */
  constructor(told) {
    this.told = told;
    this.rows = [];
    document.addEventListener("visibilitychange", () => { if (!document.hidden && this.isBehind) this.#lookSoon(); });
  }

  #path(cursor) {
    const parameters = new URLSearchParams({ limit: String(pageSize), findings: "yes" });
    if (this.expression) parameters.set("q", this.expression);
    if (cursor) parameters.set("cursor", cursor);
    return `/api/calls?${parameters}`;
  }

  /** Begins anew with an expression. */
  async ask(expression) {
    this.expression = expression;
    this.#events?.close();
    clearTimeout(this.#timer);
    const turn = this.turn = {};
    let answer;
    try {
      answer = await json(this.#path());
    } catch (error) {
      if (turn === this.turn) this.told.problem(error);
      return;
    }
    if (turn !== this.turn) return;
    this.rows = answer.calls;
    this.next = answer.next;
    this.told.incomplete(answer.incomplete);
    this.told.rows(0);
    this.#follow(turn);
  }

  /** The next page, if there is one. */
  async more() {
    if (!this.next || this.#isReading) return;
    this.#isReading = true;
    const turn = this.turn;
    try {
      const answer = await json(this.#path(this.next));
      if (turn !== this.turn) return;
      const known = new Set(this.rows.map((row) => row["call-id"]));
      this.rows = [...this.rows, ...answer.calls.filter((row) => !known.has(row["call-id"]))];
      this.next = answer.next;
      this.#isReading = false;
      this.told.rows(0);
    } catch (error) {
      if (turn === this.turn) this.told.problem(error);
    } finally {
      this.#isReading = false;
    }
  }

  #follow(turn) {
    if (/(^|\s)finding!?=/.test(this.expression)) return this.told.live(false);
    const source = new EventSource(`/api/events?${new URLSearchParams(this.expression ? { q: this.expression } : {})}`);
    this.#events = source;
    const changed = () => { if (turn === this.turn) this.#lookSoon(); };
    source.addEventListener("dialogue", changed);
    source.addEventListener("left_out", changed);
    source.addEventListener("open", () => { if (turn === this.turn) this.told.live(true); });
    source.addEventListener("error", () => { if (turn === this.turn) this.told.live(false); });
    return undefined;
  }

  /** Looks for what is new, at most once in a while, and not while nobody sees it. */
  #lookSoon() {
    this.isBehind = true;
    if (this.#timer || document.hidden) return;
    const wait = Math.max(0, this.#lastLook + betweenLooks - performance.now());
    this.#timer = setTimeout(() => this.#look(this.turn), wait);
  }

  async #look(turn) {
    this.isBehind = false;
    try {
      const answer = await json(this.#path());
      if (turn !== this.turn) return;
      const fresh = answer.calls;
      const ids = new Set(fresh.flatMap((row) => [row["call-id"], ...(row.legs ?? [])]));
      const before = this.rows.length;
      const older = this.rows.filter((row) => !ids.has(row["call-id"]) && Number(row.start) <= Number(fresh.at(-1)?.start));
      const isJoined = this.rows.some((row) => ids.has(row["call-id"]));
      const drawn = new Map(this.rows.slice(0, 2 * pageSize).map((row) => [JSON.stringify(row), row]));
      const head = fresh.map((row) => drawn.get(JSON.stringify(row)) ?? row);
      if (answer.next && isJoined) {
        this.rows = [...head, ...older];
      } else {
        this.rows = head;  // all there is; or more came than a page has, and what is between is read on the way down
        this.next = answer.next;
      }
      this.told.incomplete(answer.incomplete);
      this.told.rows(Math.max(0, this.rows.length - before));
    } catch (error) {
      if (turn === this.turn) this.told.problem(error);
    } finally {
      this.#lastLook = performance.now();
      this.#timer = undefined;
      if (this.isBehind && turn === this.turn) this.#lookSoon();
    }
  }
}
