// A call in the list.

import { pageOf } from "./api.js";
import { html } from "./ladder/dom.js";
import { fullText, micros, spanText } from "./ladder/time.js";
import { visible } from "./ladder/visible.js";
import { badge } from "./outcome.js";
import { cell } from "./virtual_list.js";

export const columns = ["Start (UTC)", "From", "To", "Legs", "Outcome", "Status", "Duration", "Findings"];

function party(row, end) {
  const user = row[`${end}_user`] ?? "",
    name = row[`${end}_name`];
  const host = row[`${end}_host`] ?? "";
  if (!user && !name) return html("span", { class: "quiet" }, visible(host));
  return [visible(user || name), user && name ? html("span", { class: "quiet" }, ` ${visible(name)}`) : ""];
}

function legsText(row) {
  const n = row.legs?.length ?? 1;
  return row.legs_incomplete ? `${n}+` : String(n);
}

/** @param row as of /api/calls */
export function callRow(row) {
  const id = row["call-id"];
  const start = micros(row.start);
  const time = start === undefined ? visible(id) : fullText(start).slice(0, 23);
  const findings = row.findings ?? [];
  return html(
    "div",
    { role: "row", class: "call-row" },
    cell(html("a", { href: pageOf(id), title: visible(id) }, time), "start"),
    cell(party(row, "from"), "from"),
    cell(party(row, row.to_user || row.to_name ? "to" : "ruri"), "to"),
    cell(legsText(row), "legs"),
    cell(badge(row.outcome), "outcome-cell"),
    cell(row.status ?? "", "status"),
    cell(row.duration_ms === undefined ? "" : spanText(row.duration_ms), "duration"),
    cell(
      findings.map((code) => html("span", { class: "code" }, code.replaceAll("_", " "))),
      "codes",
    ),
  );
}
