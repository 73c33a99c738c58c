// What is known of a call beside its messages: legs, media, observers.

import { html } from "./ladder/dom.js";
import { legClass } from "./ladder/style.js";
import { deltaText, spanText } from "./ladder/time.js";
import { outcomeText } from "./outcome.js";

/** @param cells [[content, class]] or contents, a row each */
function section(id, title, heads, rows, ...more) {
  if (rows.length === 0) return undefined;
  const cell = (content) =>
    Array.isArray(content) ? html("td", { class: content[1] }, content[0]) : html("td", {}, content);
  return html(
    "section",
    { class: "scrolled", "aria-labelledby": `${id}-title` },
    html("h2", { id: `${id}-title` }, title),
    html(
      "table",
      { class: "leg-table" },
      html(
        "thead",
        {},
        html(
          "tr",
          {},
          heads.map((name) => (name ? html("th", { scope: "col" }, name) : html("td", {}))),
        ),
      ),
      html(
        "tbody",
        {},
        rows.map((cells) => html("tr", {}, cells.map(cell))),
      ),
    ),
    more,
  );
}

function joinedText(proof) {
  const surety = proof.sure ? "" : `, a guess (${proof.confidence ?? "?"})`;
  return `${proof.evidence} ${proof.fact ?? ""}${surety}`;
}

function chip(model, letter) {
  const i = model.legs.findIndex(({ leg }) => leg === letter);
  return i < 0 ? "" : html("span", { class: `leg-chip ${legClass(i)}` }, letter);
}

export function legsSection(model) {
  if (model.legs.length < 2) return undefined;
  const rows = model.legs.map((leg, i) => [
    chip(model, leg.leg),
    leg.from_user ?? "",
    leg.to_user ?? "",
    [outcomeText(leg.outcome), leg.status].filter(Boolean).join(" "),
    [leg["call-id"], "mono"],
    (leg.joined_by ?? []).map(joinedText).join("; ") || (i === 0 ? "the first leg" : ""),
  ]);
  return section("legs", "Legs", ["Leg", "From", "To", "Outcome", "Call-ID", "Joined by"], rows);
}

export function codecsSection(model) {
  const rows = (model.analysis.codecs ?? []).map((one) => [
    chip(model, one.leg),
    (one.offered ?? []).join(", "),
    one.chosen ?? "none",
    one.dtmf === undefined ? "" : one.dtmf ? "yes" : "no",
    one.srtp ? "yes" : "no",
    one.holds ?? 0,
  ]);
  const heads = [model.legs.length > 1 ? "Leg" : "", "Offered", "Chosen", "telephone-event", "SRTP", "Put on hold"];
  return section("codecs", "Media", heads, rows);
}

export function qualitySection(model, go) {
  const number = (value, unit) => [value === undefined ? "" : `${Number(value.toFixed(2))}${unit}`, "number"];
  const rows = (model.analysis.quality ?? []).map((one) => [
    chip(model, one.leg),
    [one.from, one.to].filter(Boolean).join(" → "),
    one.told_by ?? "",
    one.source,
    number(one.mos, ""),
    number(one.loss_percent, " %"),
    number(one.jitter_ms, " ms"),
    (one.messages ?? [])
      .slice(0, 6)
      .map((place) =>
        html("button", { type: "button", class: "place-link", onclick: () => go(place) }, String(place)),
      ),
  ]);
  const heads = [
    model.legs.length > 1 ? "Leg" : "",
    "Stream",
    "Told by",
    "Source",
    "MOS",
    "Lost",
    "Jitter",
    "Messages",
  ];
  return section("quality", "How the sound was", heads, rows);
}

function offsetText(clock) {
  if (clock.has_clock === false) return "no clock";
  if (clock.common) return "the common clock";
  return clock.offset_ms === undefined ? "" : `${deltaText(clock.offset_ms * 1000)} s`;
}

export function observersSection(model) {
  const rows = model.observers.map((one) => [
    html("b", {}, one.letter),
    [one.observer, "mono"],
    one.host ?? "",
    [offsetText(one), "number"],
    String(one.messages_in_common ?? ""),
    !one.delivery
      ? ""
      : one.delivery.kind + (one.delivery.kind === "prompt" ? "" : `, up to ${spanText(one.delivery.worst_ms)}`),
  ]);
  const heads = ["", "Observer", "Stands at", "Clock", "Shared messages", "Reports came"];
  const contradictions = model.contradictions.map((one) => html("p", { class: "quiet" }, one));
  return section("observers", "Observers and their clocks", heads, rows, contradictions);
}
