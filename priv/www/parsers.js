// The parsers: what comes in, what is refused and why; start, stop, capture.

import { change } from "./api.js";
import { html } from "./ladder/dom.js";
import { deliveryText, fullText, micros } from "./ladder/time.js";
import { visible } from "./ladder/visible.js";
import { sparkline } from "./sparkline.js";

const typeNames = {
  hep: "HEP",
  capture: "Capture",
  import: "Import",
  km_log: "Kamailio's log",
  fs_log: "FreeSWITCH's log",
};
const losses = [
  ["refused", "Refused"],
  ["damaged", "Damaged, stored nevertheless"],
  ["pieces", "Pieces of TCP"],
];

const countText = new Intl.NumberFormat("en");
export const number = (value) => countText.format(value ?? 0);

function rateText(rate) {
  return rate === undefined ? "" : `${rate > 0 && rate < 10 ? rate.toFixed(1) : number(Math.round(rate))}/s`;
}

function counterRow(key, name, total, samples, now) {
  const series = samples.addRate(key, total, now);
  const rate = series.at(-1);
  return html(
    "tr",
    {},
    html("th", { scope: "row" }, name),
    html("td", { class: "figure" }, number(total)),
    html("td", { class: "figure" }, rateText(rate)),
    html("td", {}, sparkline(series, { label: `${name}, a second: ${rateText(rate) || "not known yet"}` })),
  );
}

function countersOf(parser, samples, now) {
  const rows = [
    counterRow(`${parser.id} received`, "Received", parser.received, samples, now),
    counterRow(`${parser.id} stored`, "Stored", parser.stored, samples, now),
  ];
  for (const [member, title] of losses) {
    for (const [reason, total] of Object.entries(parser[member] ?? {})) {
      if (total > 0)
        rows.push(
          counterRow(
            `${parser.id} ${member} ${reason}`,
            `${title}: ${reason.replaceAll("_", " ")}`,
            total,
            samples,
            now,
          ),
        );
    }
  }
  const { lost, ...frames } = parser.frames ?? {};
  for (const [reason, total] of Object.entries({
    ...(typeof lost === "object" ? lost : lost === undefined ? {} : { lost }),
  })) {
    if (total > 0)
      rows.push(
        counterRow(
          `${parser.id} frames ${reason}`,
          `Frames lost: ${reason.replaceAll("_", " ")}`,
          total,
          samples,
          now,
        ),
      );
  }
  if (frames.received) rows.push(counterRow(`${parser.id} frames`, "Frames", frames.received, samples, now));
  if (parser.kernel_dropped > 0) {
    rows.push(counterRow(`${parser.id} kernel`, "Dropped by the kernel", parser.kernel_dropped, samples, now));
  }
  for (const [reason, total] of Object.entries(parser.connections?.failed ?? {})) {
    if (total > 0)
      rows.push(
        counterRow(`${parser.id} tcp ${reason}`, `Connections: ${reason.replaceAll("_", " ")}`, total, samples, now),
      );
  }
  return rows;
}

function senderRow(sender) {
  const seen = micros(sender.last_seen);
  return html(
    "tr",
    {},
    html("th", { scope: "row", class: "mono" }, visible(sender.address ?? sender.observer ?? "")),
    html("td", { class: "figure" }, sender.capture_id ?? ""),
    html("td", {}, visible(sender.agent_name ?? "")),
    html("td", { class: "figure" }, number(sender.received)),
    html("td", { class: "figure" }, seen === undefined ? "" : fullText(seen).slice(0, 19)),
    html("td", {}, deliveryText(sender.delivery)),
  );
}

function logState({ log }) {
  if (!log) return "";
  const parts = [
    `${log.percent ?? 0} % read`,
    log.following ? "follows its end" : "",
    log.trouble ? `trouble: ${log.trouble}` : "",
  ];
  return html("p", { class: log.trouble ? "notice" : "quiet" }, visible(parts.filter(Boolean).join(", ")));
}

/** Does something to a parser; `done(error)` tells how it went. */
function act(button, done, method, path, body) {
  button.disabled = true;
  change(method, path, body)
    .then(() => done(), done)
    .finally(() => {
      button.disabled = false;
    });
}

/** @param changed(error) is called after a change, with why it failed if it did */
export function parserCard(parser, samples, now, changed) {
  const path = `/api/parsers/${encodeURIComponent(parser.id)}`;
  const isOn = parser.capture === "on";
  const stop = ({ currentTarget: button }) => {
    if (button.dataset.asked) act(button, changed, "DELETE", path);
    else {
      button.dataset.asked = "yes";
      button.textContent = "Stop: sure?";
    }
  };
  const rather = ({ currentTarget: button }) => {
    if (button.disabled) return;
    delete button.dataset.asked;
    button.textContent = "Stop";
  };
  return html(
    "section",
    { class: "parser", "aria-label": `Parser ${visible(parser.id)}`, "data-parser": parser.id },
    html(
      "div",
      { class: "parser-head" },
      html("h3", { class: "mono" }, visible(parser.id)),
      html("span", { class: "quiet" }, typeNames[parser.type] ?? visible(parser.type ?? "")),
      html("span", { class: `outcome ${isOn ? "good" : "bad"}` }, isOn ? "capturing" : "not capturing"),
      parser.interrupted ? html("span", { class: "outcome bad" }, visible(parser.interrupted)) : "",
      html(
        "span",
        { class: "parser-buttons" },
        html(
          "button",
          {
            type: "button",
            "data-act": "capture",
            onclick: ({ currentTarget }) => act(currentTarget, changed, "PATCH", path, { capture: !isOn }),
          },
          isOn ? "Capture off" : "Capture on",
        ),
        html("button", { type: "button", "data-act": "stop", onclick: stop, onblur: rather }, "Stop"),
      ),
    ),
    logState(parser),
    html(
      "div",
      { class: "scrolled" },
      html(
        "table",
        { class: "counters" },
        html(
          "thead",
          {},
          html(
            "tr",
            {},
            ["What", "In all", "Now", "Ten minutes"].map((name) => html("th", { scope: "col" }, name)),
          ),
        ),
        html("tbody", {}, countersOf(parser, samples, now)),
      ),
    ),
    parser.senders?.length
      ? html(
          "div",
          { class: "scrolled" },
          html(
            "table",
            { class: "senders" },
            html(
              "thead",
              {},
              html(
                "tr",
                {},
                ["Sender", "Capture id", "Agent", "Messages", "Last seen (UTC)", "Delivery"].map((name) =>
                  html("th", { scope: "col" }, name),
                ),
              ),
            ),
            html("tbody", {}, parser.senders.map(senderRow)),
          ),
        )
      : html("p", { class: "quiet" }, "No sender yet."),
  );
}

const kinds = {
  hep: {
    name: "HEP listener",
    fields: [
      ["ip", "Address", "127.0.0.1"],
      ["port", "Port", "9060"],
    ],
  },
  capture: {
    name: "Capture of an interface",
    fields: [
      ["interface", "Interface", "eth1"],
      ["filter", "Filter", ""],
    ],
  },
  km_log: {
    name: "Kamailio's log",
    fields: [
      ["logfile", "File", "/var/log/kamailio/kamailio.log"],
      ["ip", "Its address", "10.0.0.10"],
      ["port", "Its port", "5060"],
    ],
  },
  fs_log: {
    name: "FreeSWITCH's log",
    fields: [
      ["logfile", "File", "/var/log/freeswitch/debug.log"],
      ["ip", "Its address", "10.0.0.40"],
      ["port", "Its port", "5060"],
    ],
  },
};

/** The form that starts a parser. */
export function startForm(changed) {
  const kind = html(
    "select",
    { name: "type", "aria-label": "Kind of parser" },
    Object.entries(kinds).map(([value, { name }]) => html("option", { value }, name)),
  );
  const fields = html("span", { class: "fields" });
  const draw = () =>
    fields.replaceChildren(
      ...kinds[kind.value].fields.map(([name, label, example]) =>
        html("label", {}, `${label} `, html("input", { type: "text", name, placeholder: example })),
      ),
    );
  kind.addEventListener("change", draw);
  draw();
  return html(
    "form",
    {
      class: "start",
      "aria-label": "Start a parser",
      onsubmit: (event) => {
        event.preventDefault();
        const entry = { type: kind.value };
        for (const input of fields.querySelectorAll("input")) {
          const value = input.value.trim();
          if (value) entry[input.name] = input.name === "port" && /^\d+$/.test(value) ? Number(value) : value;
        }
        act(event.submitter ?? event.target.querySelector("button"), changed, "POST", "/api/parsers", entry);
      },
    },
    kind,
    fields,
    html("button", { type: "submit" }, "Start"),
  );
}
