// The page of one call: what happened, what is wrong, its legs, the drawing, downloads.

import { callPath, json, pageOf, text } from "./api.js";
import { html } from "./ladder/dom.js";
import { pngBlob, save, svgBlob } from "./ladder/export.js";
import { findingsSection } from "./ladder/findings.js";
import { namesIn, showLadder } from "./ladder/ladder.js";
import { mermaid } from "./ladder/mermaid.js";
import { legClass } from "./ladder/style.js";
import { dayText, deltaText, fullText, spanText } from "./ladder/time.js";
import { visible } from "./ladder/visible.js";
import { badge, outcomeText } from "./outcome.js";
import { storySection } from "./story.js";

const id = new URLSearchParams(location.search).get("id") ?? "";
const waiting = document.getElementById("waiting");

function who(leg) {
  const from =
    leg?.from_name && leg.from_user ? `${leg.from_name} (${leg.from_user})` : (leg?.from_name ?? leg?.from_user);
  const to = leg?.to_user ?? leg?.ruri_user;
  return from || to ? `${from || "somebody"} → ${to || "somebody"}` : undefined;
}

function facts(model) {
  const { analysis, legs } = model;
  const first = legs[0];
  const spans = [
    ["Post-dial delay", "post_dial_delay_ms"],
    ["Ringing", "ring_ms"],
    ["Setup", "setup_ms"],
    ["Duration", "duration_ms"],
  ]
    .filter(([, name]) => analysis[name] !== undefined)
    .map(([name, member]) => html("li", {}, `${name} `, html("b", {}, spanText(analysis[member]))));
  return html(
    "ul",
    { class: "facts" },
    html("li", {}, html("b", {}, `${fullText(model.begin).slice(0, 23)} UTC`)),
    analysis.final_status !== undefined &&
      html("li", {}, "Final status ", html("b", {}, `${analysis.final_status} ${analysis.final_reason ?? ""}`)),
    analysis.failing_host && html("li", {}, "Failing host ", html("b", {}, analysis.failing_host)),
    analysis.hung_up_by && html("li", {}, "Hung up by ", html("b", {}, analysis.hung_up_by)),
    spans,
    html("li", {}, html("b", {}, String(model.messages.length)), " messages"),
    html("li", { class: "call-id" }, "Call-ID ", html("span", { class: "mono" }, visible(first?.["call-id"] ?? id))),
  );
}

function joinedText(proof) {
  const surety = proof.sure ? "" : `, a guess (${proof.confidence ?? "?"})`;
  return `${proof.evidence} ${proof.fact ?? ""}${surety}`;
}

function legsSection(model) {
  if (model.legs.length < 2) return undefined;
  const rows = model.legs.map((leg, i) =>
    html(
      "tr",
      {},
      html("td", {}, html("span", { class: `leg-chip ${legClass(i)}` }, leg.leg)),
      html("td", {}, leg.from_user ?? ""),
      html("td", {}, leg.to_user ?? ""),
      html("td", {}, outcomeText(leg.outcome), leg.status ? ` ${leg.status}` : ""),
      html("td", { class: "mono" }, leg["call-id"]),
      html("td", {}, (leg.joined_by ?? []).map(joinedText).join("; ") || (i === 0 ? "the first leg" : "")),
    ),
  );
  return html(
    "section",
    { class: "scrolled", "aria-labelledby": "legs-title" },
    html("h2", { id: "legs-title" }, "Legs"),
    html(
      "table",
      { class: "leg-table" },
      html(
        "thead",
        {},
        html(
          "tr",
          {},
          ["Leg", "From", "To", "Outcome", "Call-ID", "Joined by"].map((name) => html("th", { scope: "col" }, name)),
        ),
      ),
      html("tbody", {}, rows),
    ),
  );
}

function observersSection(model) {
  if (model.observers.length === 0) return undefined;
  const offset = (one) =>
    one.has_clock === false
      ? "no clock"
      : one.common
        ? "the common clock"
        : one.offset_ms === undefined
          ? ""
          : `${deltaText(one.offset_ms * 1000)} s`;
  const rows = model.observers.map((one) =>
    html(
      "tr",
      {},
      html("td", {}, html("b", {}, one.letter)),
      html("td", { class: "mono" }, one.observer),
      html("td", {}, one.host ?? ""),
      html("td", { class: "number" }, offset(one)),
      html("td", {}, String(one.messages_in_common ?? "")),
      html(
        "td",
        {},
        one.delivery
          ? `${one.delivery.kind}${one.delivery.kind === "prompt" ? "" : `, up to ${spanText(one.delivery.worst_ms)}`}`
          : "",
      ),
    ),
  );
  return html(
    "section",
    { class: "scrolled", "aria-labelledby": "observers-title" },
    html("h2", { id: "observers-title" }, "Observers and their clocks"),
    html(
      "table",
      { class: "leg-table" },
      html(
        "thead",
        {},
        html(
          "tr",
          {},
          ["", "Observer", "Stands at", "Clock", "Shared messages", "Reports came"].map((name) =>
            name ? html("th", { scope: "col" }, name) : html("td", {}),
          ),
        ),
      ),
      html("tbody", {}, rows),
    ),
    model.contradictions.map((one) => html("p", { class: "quiet" }, one)),
  );
}

function downloads(shown, details) {
  const problem = html("span", { role: "status" });
  const name = (extension) => `call-${id}.${extension}`;
  const file = (text_, extension, make) =>
    html(
      "button",
      {
        type: "button",
        onclick: async ({ currentTarget: button }) => {
          button.disabled = true;
          problem.textContent = "";
          try {
            save(await make(), name(extension));
          } catch (error) {
            problem.textContent = error.message;
          }
          button.disabled = false;
        },
      },
      text_,
    );
  const path = (part) => callPath(id, part);
  const fetched = (part, type) => async () => new Blob([await text(path(part))], { type });
  return html(
    "div",
    { class: "downloads", role: "group", "aria-label": "Downloads" },
    problem,
    file("SVG", "svg", () => svgBlob(shown.ladder)),
    file("PNG", "png", () => pngBlob(shown.ladder)),
    file("Text", "txt", fetched("ladder.txt", "text/plain")),
    file("Mermaid", "mmd", () => new Blob([mermaid(shown.ladder)], { type: "text/plain" })),
    file("JSON", "json", () => new Blob([JSON.stringify(details, undefined, 1)], { type: "application/json" })),
    html("button", { type: "button", onclick: () => print() }, "Print"),
    html("button", { type: "button", onclick: () => shown.help.showModal() }, "Keys ?"),
  );
}

/** The link's message: #m12. */
function linked() {
  const parts = /^#m(\d+)$/.exec(location.hash);
  return parts ? Number(parts[1]) : undefined;
}

function show(details, story) {
  const area = document.getElementById("call");
  const link = (place) => `${location.origin}${pageOf(id)}#m${place}`;
  const shown = showLadder(document.getElementById("ladder"), details, {
    names: namesIn(localStorage),
    link,
    keys: [
      [
        ["s"],
        "what happened, or only the drawing",
        () => {
          summary.hidden = !summary.hidden;
          shown.ladder.draw();
        },
      ],
      [
        ["l"],
        "link to the message into the address line",
        () => {
          if (shown.ladder.current !== undefined) history.replaceState(null, "", `#m${shown.ladder.current}`);
        },
      ],
    ],
  });
  const { model } = shown;
  const title = who(model.legs[0]) ?? visible(id);
  document.title = `${title} ${dayText(model.begin)} - Call Inspector`;
  const go = (place) => {
    if (shown.go(place)) shown.ladder.body.focus({ preventScroll: true });
  };
  const summary = html("div", { class: "summary" }, storySection(story), findingsSection(model.findings, go));
  document.getElementById("details").replaceChildren(legsSection(model) ?? "", observersSection(model) ?? "");
  area.replaceChildren(
    html(
      "div",
      { class: "call-head" },
      html("h1", {}, title),
      badge(model.analysis.outcome),
      downloads(shown, details),
    ),
    facts(model),
    model.incomplete ? html("p", { class: "notice" }, model.incomplete) : "",
    summary,
  );
  const follow = () => {
    if (linked() !== undefined) go(linked());
  };
  addEventListener("hashchange", follow);
  follow();
  shown.ladder.draw();
}

async function start() {
  if (!id) throw new Error("The address names no call: choose one from the list of calls.");
  const [details, story] = await Promise.all([json(callPath(id)), text(callPath(id, "story"))]);
  if (details.messages.length === 0) throw new Error(`No messages of this call are stored: ${visible(id)}`);
  const began = performance.now();
  show(details, story);
  performance.measure("call drawn", { start: began });
  waiting.remove();
}

start().catch((error) => {
  waiting.textContent = error.message;
  waiting.className = "problem";
  waiting.setAttribute("role", "alert");
});
