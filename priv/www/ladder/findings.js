// What is wrong, with its proof and what to look at next.

import { html } from "./dom.js";

const names = { error: "Error", warning: "Warning", info: "Info" };

/** @param go shows a message by its place */
export function findingsSection(findings, go) {
  const items = findings.map((finding, i) =>
    html(
      "li",
      { class: finding.severity, id: `finding-${i + 1}` },
      html("span", { class: "badge" }, String(i + 1)),
      html(
        "div",
        {},
        html("span", { class: "severity" }, `${names[finding.severity]}: `),
        finding.text,
        finding.check && html("div", { class: "check" }, `Next: ${finding.check}`),
        finding.messages.length > 0 &&
          html(
            "div",
            { class: "places" },
            "Messages ",
            finding.messages
              .slice(0, 16)
              .map((place) => html("button", { type: "button", onclick: () => go(place) }, String(place))),
            finding.messages.length > 16 && ` and ${finding.messages.length - 16} more`,
          ),
      ),
    ),
  );
  return html(
    "section",
    { "aria-labelledby": "findings-title" },
    html("h2", { id: "findings-title" }, "What is wrong"),
    items.length
      ? html("ol", { class: "findings" }, items)
      : html("p", { class: "quiet" }, "Nothing, as far as it was seen."),
  );
}
