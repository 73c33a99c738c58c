// The calls that match an expression, the newest first: page by page backwards, and new ones as they happen.
// A page comes without findings, which cost the inspector a look at each call; they are asked for what is seen.

import { json } from "./api.js";
import { Live } from "./live.js";

const pageSize = 100;
const betweenLooks = 1500,
  betweenAnalyses = 3000,
  untilAnalysed = 8000; // milliseconds

/** A timer that does one thing at a time, with pauses between. */
class Pace {
  #timer;
  #last = -Infinity;
  #isBusy = false;

  constructor(pause, act) {
    this.pause = pause;
    this.act = act;
  }

  soon() {
    if (this.#timer || document.hidden) return;
    if (this.#isBusy) {
      this.isWanted = true;
      return;
    }
    this.#timer = setTimeout(() => this.#go(), Math.max(0, this.#last + this.pause - performance.now()));
  }

  async #go() {
    this.#timer = undefined;
    this.isWanted = false;
    this.#isBusy = true;
    try {
      await this.act();
    } finally {
      this.#isBusy = false;
      this.#last = performance.now();
      if (this.isWanted) this.soon();
    }
  }
}

export class Calls {
  #events;
  #isReading = false;
  #pageOf = new WeakMap(); // of a row the cursor that its page was asked by
  #looks = new Pace(betweenLooks, () => this.#look(this.turn));
  #analyses = new Pace(betweenAnalyses, () => this.#analyse(this.turn));
  #seen = [0, 0];
  #asked = new WeakSet(); // rows whose findings are known, as far as they are
  #newest = new Map(); // of calls that were asked for once more: their newest message
  #again;

  /** @param told {rows(added above), problem(error), incomplete(text), live(bool)} */
  constructor(told) {
    this.told = told;
    this.rows = [];
  }

  async #page(cursor, more) {
    const parameters = new URLSearchParams({ limit: String(pageSize), ...more });
    if (this.expression) parameters.set("q", this.expression);
    if (cursor) parameters.set("cursor", cursor);
    const answer = await json(`/api/calls?${parameters}`);
    for (const row of answer.calls) this.#pageOf.set(row, cursor ?? "");
    return answer;
  }

  /** Begins anew with an expression. */
  async ask(expression) {
    this.expression = expression;
    this.#events?.close();
    const turn = (this.turn = {});
    try {
      const answer = await this.#page();
      if (turn !== this.turn) return;
      this.rows = answer.calls;
      this.next = answer.next;
      this.told.incomplete(answer.incomplete);
      this.told.rows(0);
      this.#follow();
    } catch (error) {
      if (turn === this.turn) this.told.problem(error);
    }
  }

  /** The next page, if there is one. */
  async more() {
    if (!this.next || this.#isReading) return;
    this.#isReading = true;
    const turn = this.turn;
    try {
      const answer = await this.#page(this.next);
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

  /** Which rows are looked at: their findings are asked for. */
  seen(from, end) {
    this.#seen = [from, end];
    if (this.#firstWithout()) this.#analyses.soon();
  }

  #firstWithout() {
    return this.rows.slice(...this.#seen).find((row) => !this.#asked.has(row));
  }

  async #analyse(turn) {
    const row = this.#firstWithout();
    if (!row) return;
    const cursor = this.#pageOf.get(row);
    const found = new Map();
    try {
      const answer = await this.#page(cursor, { findings: "yes" });
      for (const one of answer.calls) found.set(one["call-id"], one);
    } catch {
      /* they stay unknown; the list itself says what is wrong */
    }
    if (turn !== this.turn) return;
    this.rows = this.rows.map((one) => {
      if (this.#asked.has(one) || this.#pageOf.get(one) !== cursor) return one;
      const known = found.get(one["call-id"]) ?? { ...one };
      this.#pageOf.set(known, cursor);
      this.#asked.add(known);
      return known;
    });
    this.told.rows(0);
    if (!cursor) this.#analyseAgain();
  }

  /** What is known of a call that just ended is looked for once more, when the inspector has analysed it. */
  #analyseAgain() {
    clearTimeout(this.#again);
    const top = this.rows.slice(0, pageSize);
    const head = top.filter((row) => this.#newest.get(row["call-id"]) !== row.last);
    this.#newest = new Map(top.map((row) => [row["call-id"], row.last]));
    if (head.length === 0) return;
    this.#again = setTimeout(() => {
      for (const row of head) this.#asked.delete(row);
      if (this.#firstWithout()) this.#analyses.soon();
    }, untilAnalysed);
  }

  #follow() {
    this.#events = new Live(this.expression, {
      changed: () => this.#looks.soon(),
      live: (isLive) => this.told.live(isLive),
    });
  }

  /** What is new, on top of what is there. */
  async #look(turn) {
    try {
      const { calls: fresh, next, incomplete } = await this.#page();
      if (turn !== this.turn) return;
      const ids = new Set(fresh.flatMap((row) => [row["call-id"], ...(row.legs ?? [])]));
      const before = this.rows.length;
      const older = this.rows.filter(
        (row) => !ids.has(row["call-id"]) && Number(row.start) <= Number(fresh.at(-1)?.start),
      );
      const isJoined = this.rows.some((row) => ids.has(row["call-id"]));
      const old = new Map(this.rows.slice(0, 2 * pageSize).map((row) => [row["call-id"], row]));
      const head = fresh.map((row) => {
        const { findings, ...rest } = old.get(row["call-id"]) ?? {};
        return JSON.stringify(rest) === JSON.stringify(row) ? old.get(row["call-id"]) : row;
      });
      if (next && isJoined) {
        this.rows = [...head, ...older];
      } else {
        this.rows = head; // all there is; or more came than a page has, and what is between is read on the way down
        this.next = next;
      }
      this.told.incomplete(incomplete);
      this.told.rows(Math.max(0, this.rows.length - before));
    } catch (error) {
      if (turn === this.turn) this.told.problem(error);
    }
  }
}
