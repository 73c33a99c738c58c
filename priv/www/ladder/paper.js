// The drawing on paper: a table, whose head comes again on each page, and whose rows are not cut in two.

import { html, svg } from "./dom.js";
import { drawHead, drawRow } from "./draw.js";
import { headHeight } from "./geometry.js";

const together = 8; // rows of the drawing in one row of the table

function part(geometry, top, height, content) {
  return svg("svg", { viewBox: `0 ${top} ${geometry.width} ${height}`, width: geometry.width, height }, content);
}

/** All rows of a view, as it is now. */
export function paper({ model, view, geometry, rows }) {
  const heads = geometry.order.map((i) => drawHead(model.columns[i], i, geometry));
  const parts = [];
  for (let i = 0; i < rows.length; i += together) {
    const some = rows.slice(i, i + together);
    const height = some.at(-1).y + some.at(-1).height - some[0].y;
    const drawn = some.map((row, k) => drawRow(row, rows[i + k - 1], model, view, geometry));
    for (const row of drawn) row.removeAttribute("id");
    parts.push(html("tr", {}, html("td", {}, part(geometry, some[0].y, height, drawn))));
  }
  const head = html("thead", {}, html("tr", {}, html("td", {}, part(geometry, 0, headHeight, heads))));
  return html("table", { class: "paper", role: "presentation" }, head, html("tbody", {}, parts));
}
