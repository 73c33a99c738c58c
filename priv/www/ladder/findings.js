// What is wrong, with its proof and what to look at next.

import { html } from "./dom.js";

const names = { error: "Error", warning: "Warning", info: "Info" };

/** What is only for information is not wrong. @param go shows a message by its place */
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
  const told = (isInfo) => items.filter((_, i) => (findings[i].severity === "info") === isInfo);
  const wrong = told(false);
  const infos = told(true);
  return html(
    "section",
    { class: "findings", "aria-labelledby": "findings-title" },
    html("h2", { id: "findings-title" }, "What is wrong"),
    wrong.length ? html("ol", {}, wrong) : html("p", { class: "quiet" }, "Nothing, as far as it was seen."),
    infos.length > 0 && [html("h3", {}, "Worth knowing"), html("ol", {}, infos)],
  );
}
