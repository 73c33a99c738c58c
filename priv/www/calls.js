// The page of all calls.

import { callRow, columns } from "./call_row.js";
import { Calls } from "./calls_store.js";
import { nothingFound, noCalls } from "./empty.js";
import { html } from "./ladder/dom.js";
import { SearchBox } from "./search_box.js";
import { VirtualList } from "./virtual_list.js";

const area = document.getElementById("calls");
const notices = document.getElementById("notices");
const state = document.getElementById("state");

const rowsBox = html("div", { role: "rowgroup" });
const table = html(
  "div",
  { role: "table", class: "calls", "aria-label": "Calls, the newest first" },
  html(
    "div",
    { role: "rowgroup", class: "calls-head" },
    html(
      "div",
      { role: "row", class: "call-row head" },
      columns.map((name) => html("div", { role: "columnheader" }, name)),
    ),
  ),
  rowsBox,
);
const empty = html("div", {});
area.replaceChildren(table, empty);
table.hidden = true;

const list = new VirtualList(rowsBox, {
  rowHeight: 36,
  keyOf: (row) => row["call-id"],
  draw: callRow,
  nearEnd: () => calls.more(),
  seen: (from, end) => calls.seen(from, end),
});

let emptyFor;
async function showEmpty() {
  const expression = calls.expression;
  if (emptyFor === expression && empty.firstChild) return;
  emptyFor = expression;
  const content = expression ? nothingFound(expression) : await noCalls();
  if (calls.rows.length === 0 && calls.expression === expression) empty.replaceChildren(content);
}

const calls = new Calls({
  rows(added) {
    notices.querySelector(".problem")?.remove();
    table.hidden = calls.rows.length === 0;
    table.setAttribute("aria-rowcount", calls.next ? "-1" : String(calls.rows.length + 1));
    list.set(calls.rows, added);
    if (calls.rows.length === 0) showEmpty();
    else empty.replaceChildren();
  },
  problem(error) {
    if (error.status === 400) {
      box.tell(error.message, error.column);
      return;
    }
    notices.replaceChildren(html("p", { class: "problem", role: "alert" }, error.message));
  },
  incomplete(text) {
    notices.replaceChildren(...(text ? [html("p", { class: "notice" }, `Calls may be missing: ${text}`)] : []));
  },
  live(isLive) {
    state.textContent = isLive ? "Live" : "Not live";
    state.classList.toggle("live", isLive);
  },
});

const expressionOf = () => new URLSearchParams(location.search).get("q") ?? "";

const box = new SearchBox(document.getElementById("search"), (expression) => {
  const address = expression ? `/?${new URLSearchParams({ q: expression })}` : "/";
  if (expression !== expressionOf()) history.pushState(null, "", address);
  scrollTo(0, 0);
  calls.ask(expression);
});

function fromAddress() {
  box.set(expressionOf());
  calls.ask(expressionOf());
}
addEventListener("popstate", fromAddress);
fromAddress();

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, select, textarea")) return;
  if (event.key === "/") {
    box.input.focus();
    event.preventDefault();
    return;
  }
  const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key];
  if (!step || calls.rows.length === 0) return;
  const row = document.activeElement.closest?.(".call-row[aria-rowindex]");
  const now = row ? Number(row.getAttribute("aria-rowindex")) - 2 : -1;
  const next = Math.max(0, Math.min(calls.rows.length - 1, now + step));
  list.reveal(next);
  list.elementAt(next)?.querySelector("a").focus({ preventScroll: true });
  event.preventDefault();
});
table.addEventListener("click", (event) => {
  const row = event.target.closest(".call-row[aria-rowindex]");
  if (row && !event.target.closest("a") && !String(getSelection())) row.querySelector("a").click();
});
