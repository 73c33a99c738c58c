// What happened and what is wrong, in words.

import { html } from "./ladder/dom.js";
import { visible } from "./ladder/visible.js";

/** The sentences of the command `story`: [{time, text}], without what is wrong, which the analysis has. */
export function sentences(text) {
  return text.split("\n").map((line) => /^\s+([+-][\d.]+)\s+(.*)$/.exec(line)).filter(Boolean)
    .map(([, time, sentence]) => ({ time, text: visible(sentence) }));
}

export function storySection(text) {
  const told = sentences(text);
  return html("section", { "aria-labelledby": "story-title" }, html("h2", { id: "story-title" }, "What happened"),
    told.length ? html("ol", { class: "story" }, told.map((one) => html("li", {}, html("time", {}, one.time), html("span", {}, one.text))))
      : html("p", { class: "quiet" }, "There is nothing to tell of these messages."));
}

const names = { error: "Error", warning: "Warning", info: "Info" };

/** @param go shows a message by its place */
export function findingsSection(findings, go) {
  const items = findings.map((finding, i) => html("li", { class: finding.severity, id: `finding-${i + 1}` },
    html("span", { class: "badge" }, String(i + 1)),
    html("div", {},
      html("span", { class: "severity" }, `${names[finding.severity]}: `), finding.text,
      finding.check && html("div", { class: "check" }, `Next: ${finding.check}`),
      finding.messages.length > 0 && html("div", { class: "places" }, "Messages ", finding.messages.slice(0, 16).map((place) =>
        html("button", { type: "button", onclick: () => go(place) }, String(place))),
      finding.messages.length > 16 && ` and ${finding.messages.length - 16} more`))));
  return html("section", { "aria-labelledby": "findings-title" }, html("h2", { id: "findings-title" }, "What is wrong"),
    items.length ? html("ol", { class: "findings" }, items)
      : html("p", { class: "quiet" }, "Nothing, as far as it was seen."));
}
