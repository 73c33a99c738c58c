// What happened, in words.

import { html } from "./ladder/dom.js";
import { visible } from "./ladder/visible.js";

/** The sentences of the command `story`: [{time, text}], without what is wrong, which the analysis has. */
export function sentences(text) {
  return text
    .split("\n")
    .map((line) => /^\s+([+-][\d.]+)\s+(.*)$/.exec(line))
    .filter(Boolean)
    .map(([, time, sentence]) => ({ time, text: visible(sentence) }));
}

export function storySection(text) {
  const told = sentences(text);
  return html(
    "section",
    { "aria-labelledby": "story-title" },
    html("h2", { id: "story-title" }, "What happened"),
    told.length
      ? html(
          "ol",
          { class: "story" },
          told.map((one) => html("li", {}, html("time", {}, one.time), html("span", {}, one.text))),
        )
      : html("p", { class: "quiet" }, "There is nothing to tell of these messages."),
  );
}
