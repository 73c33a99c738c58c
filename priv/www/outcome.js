// How a call ended, as a badge.

import { html } from "./ladder/dom.js";

const good = new Set(["answered", "registered", "unregistered"]);
const bad = new Set(["failed", "refused"]);

export function outcomeText(outcome) {
  return (outcome ?? "").replaceAll("_", " ");
}

export function badge(outcome) {
  if (!outcome) return "";
  return html(
    "span",
    { class: `outcome ${good.has(outcome) ? "good" : bad.has(outcome) ? "bad" : ""}` },
    outcomeText(outcome),
  );
}
