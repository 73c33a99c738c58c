// The page of senders and clocks: asked every two seconds while somebody looks.

import { json } from "./api.js";
import { html } from "./ladder/dom.js";
import { deliveryText, deltaText, fullText, micros, spanText } from "./ladder/time.js";
import { visible } from "./ladder/visible.js";
import { number, parserCard, startForm } from "./parsers.js";
import { Samples } from "./samples.js";
import { sparkline } from "./sparkline.js";

const every = 2000; // milliseconds
const samples = new Samples();
const notices = document.getElementById("notices");
const state = document.getElementById("state");

const cards = html("div", { class: "cards" });
document.getElementById("parsers").replaceChildren(html("h2", {}, "Parsers"), startForm(changed), cards);

function changed(error) {
  notices.replaceChildren(...(error ? [html("p", { class: "problem", role: "alert" }, visible(error.message))] : []));
  look();
}

function offsetText(milliseconds) {
  const size = Math.abs(milliseconds);
  const sign = milliseconds < 0 ? "behind" : "ahead";
  return size < 1 ? "less than 1 ms" : `${spanText(size)} ${sign}`;
}

function clockRow(clock) {
  const series = samples.add(`clock ${clock.observer}`, clock.offset_ms);
  const isOff = Math.abs(clock.offset_ms) >= 1000;
  const since = micros(clock.since);
  return html(
    "tr",
    {},
    html("th", { scope: "row", class: "mono" }, visible(clock.observer)),
    html("td", { class: `figure${isOff ? " off" : ""}` }, offsetText(clock.offset_ms)),
    html(
      "td",
      {},
      sparkline(series, { width: 220, zero: false, label: `Offset: ${deltaText(clock.offset_ms * 1000)} s now` }),
    ),
    html("td", { class: "figure" }, `± ${spanText(clock.spread_ms)}`),
    html("td", { class: "figure" }, `${clock.drift_ppm} ppm`),
    html("td", { class: "figure" }, number(clock.messages)),
    html("td", { class: "figure" }, since === undefined ? "" : fullText(since).slice(0, 19)),
    html("td", {}, deliveryText(clock.delivery)),
  );
}

function showClocks(clocks) {
  document.getElementById("clocks").replaceChildren(
    html("h2", {}, "Clocks"),
    clocks.length
      ? html(
          "div",
          { class: "scrolled" },
          html(
            "table",
            { class: "clocks" },
            html(
              "thead",
              {},
              html(
                "tr",
                {},
                ["Observer", "Off by", "Over time", "Spread", "Drift", "Messages", "Since (UTC)", "Delivery"].map(
                  (name) => html("th", { scope: "col" }, name),
                ),
              ),
            ),
            html("tbody", {}, clocks.map(clockRow)),
          ),
        )
      : html("p", { class: "quiet" }, "No clock is known yet: nothing with a time came in."),
    html(
      "p",
      { class: "quiet" },
      "A clock that is off by a second or more needs NTP. The order of calls does not depend on it.",
    ),
  );
}

function showStore(stats, now) {
  const index = stats.index ?? {};
  const figure = (name, value, series) =>
    html(
      "tr",
      {},
      html("th", { scope: "row" }, name),
      html("td", { class: "figure" }, value),
      html("td", {}, series ? sparkline(series, { label: `${name} over time` }) : ""),
    );
  const rates = samples.addRate("stored", stats.stored, now);
  document.getElementById("store").replaceChildren(
    html("h2", {}, "Store"),
    stats.trouble ? html("p", { class: "problem" }, visible(stats.trouble)) : "",
    index.trouble ? html("p", { class: "problem" }, visible(index.trouble)) : "",
    html(
      "table",
      { class: "counters" },
      html(
        "thead",
        {},
        html(
          "tr",
          {},
          ["What", "Now", "Over time"].map((name) => html("th", { scope: "col" }, name)),
        ),
      ),
      html(
        "tbody",
        {},
        figure("Calls kept", number(stats.calls)),
        figure("Their octets", number(stats.bytes)),
        figure("Messages stored, a second", number(Math.round(rates.at(-1) ?? 0)), rates),
        figure("Messages not in their call's file yet", number(stats.waiting), samples.add("waiting", stats.waiting)),
        figure("Messages lost", number(stats.lost), samples.add("lost", stats.lost)),
        index.on ? figure("Index behind by", spanText(index.lag_ms ?? 0), samples.add("lag", index.lag_ms ?? 0)) : "",
      ),
    ),
  );
}

/** Buttons that are being used, or ask whether one is sure, stay as they are. */
function isBusy(card) {
  return card.contains(document.activeElement) || card.querySelector("button[data-asked]") !== null;
}

/** Whether the other state of capturing is to be shown. */
function hasChanged(one, other) {
  const text = (card) => card.querySelector(".outcome").textContent;
  return text(one) !== text(other);
}

function showParsers(parsers, now) {
  const before = new Map([...cards.children].map((card) => [card.dataset.parser, card]));
  const wanted = parsers.map((parser) => {
    const old = before.get(parser.id);
    const card = parserCard(parser, samples, now, changed);
    if (!old) return card;
    if (isBusy(old) && !hasChanged(old, card)) {
      old.querySelector(".counters").replaceWith(card.querySelector(".counters"));
      return old;
    }
    const focus = old.contains(document.activeElement) ? document.activeElement.dataset.act : undefined;
    old.replaceWith(card);
    card.querySelector(`[data-act="${focus}"]`)?.focus();
    return card;
  });
  for (const card of [...cards.children]) if (!wanted.includes(card)) card.remove();
  wanted.forEach((card, i) => {
    if (cards.children[i] !== card) cards.insertBefore(card, cards.children[i] ?? null);
  });
  if (parsers.length === 0)
    cards.replaceChildren(html("p", { class: "quiet" }, "No parser runs: nothing can come in."));
}

let timer;
async function look() {
  clearTimeout(timer);
  try {
    const [parsers, clocks, stats] = await Promise.all([
      json("/api/parsers"),
      json("/api/clocks"),
      json("/api/stats"),
    ]);
    const now = performance.now();
    showParsers(parsers, now);
    showClocks(clocks);
    showStore(stats, now);
    state.textContent = "Live";
  } catch (error) {
    state.textContent = "Not live";
    notices.replaceChildren(html("p", { class: "problem", role: "alert" }, visible(error.message)));
  }
  clearTimeout(timer);
  if (!document.hidden) timer = setTimeout(look, every);
}
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) look();
});
look();
