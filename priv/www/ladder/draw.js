// One row, or the head of a column, as SVG. Colours are classes (ladder.css), positions are attributes.

import { svg } from "./dom.js";
import { headHeight } from "./geometry.js";
import { heights } from "./rows.js";
import { legClass } from "./style.js";
import { addressOf } from "./columns.js";
import { clockText, deltaText, secondsText } from "./time.js";

const widestHead = 190;

/** As much as fits, at about `size` units a character. */
export function cut(text, width, size = 6.6) {
  const most = Math.max(3, Math.floor(width / size));
  return text.length > most ? text.slice(0, most - 1) + "…" : text;
}

function arrowHead(x, y, direction) {
  return svg("path", { class: "tip", d: `M${x} ${y}l${-9 * direction} -4.5v9z` });
}

function cross(x, y) {
  return svg("path", { class: "lost", d: `M${x - 5} ${y - 5}l10 10M${x + 5} ${y - 5}l-10 10` });
}

/** The letters of who saw it. */
function seenBy(message, observers) {
  return observers
    .filter(({ observer }) => message.observedBy.some((one) => one.observer === observer))
    .map((one) => one.letter)
    .join("");
}

function timeText(row, previous, model, view) {
  if (row.gap) return { time: "", delta: "" };
  const at = timeOf(row.message, view);
  if (at === undefined) return { time: "not seen", delta: "" };
  const time = view.relative ? secondsText(at - (view.begin ?? model.begin)) : clockText(at);
  const before = previous && !previous.gap ? timeOf(previous.message, view) : undefined;
  return { time: (row.message.guessed ? "~" : "") + time, delta: before === undefined ? "" : deltaText(at - before) };
}

/** By the common clock, or by that of one observer; undefined where that one did not see it. */
export function timeOf(message, view) {
  if (!view.clock) return message.at;
  return message.observedBy.find(({ observer }) => observer === view.clock)?.time;
}

function marks(findings, model, gutter) {
  if (findings.length === 0) return undefined;
  const ranks = ["error", "warning", "info"];
  const worst = Math.min(...findings.map((i) => ranks.indexOf(model.findings[i].severity)));
  const text = findings.map((i) => i + 1).join(",");
  const width = 14 + 6 * text.length;
  return svg(
    "g",
    { class: `mark ${ranks[worst]}` },
    svg("rect", { x: gutter.findings - width + 4, y: 11, width, height: 17, rx: 8.5 }),
    svg("text", { x: gutter.findings + 4 - width / 2, y: 23.5, "text-anchor": "middle" }, text),
  );
}

function notesOf({ message, sent, lost, last, gap }) {
  if (gap) return "";
  const notes = [];
  if (sent > 1) notes.push(`×${sent} over ${((last - message.at) / 1e6).toFixed(1)} s`);
  else if (message.retransmission > 0) notes.push(`retransmission ${message.retransmission}`);
  if (lost > 0) notes.push(sent > 1 ? `${lost} lost` : "lost");
  if (message.why) notes.push(`← ${message.cause} ${message.why}`);
  return notes.join(" · ");
}

function arrow(row, geometry) {
  const { message, gap } = row;
  const { from, to } = gap ?? message;
  const text = gap ? `${gap.missing} not seen` : message.text + (message.hasSdp ? " (SDP)" : "");
  const a = geometry.x.get(from),
    b = geometry.x.get(to);
  const y = 25;
  const notes = notesOf(row);
  const label = (x, anchor) =>
    svg(
      "text",
      { class: "label", x, y: 17, "text-anchor": anchor },
      text,
      notes && svg("tspan", { class: "note", dx: 8 }, notes),
    );
  if (a === undefined && b === undefined) return [label(geometry.gutter.end + 8, "start")];
  if (a === undefined || b === undefined) {
    const x = a ?? b,
      direction = a === undefined ? 1 : -1;
    return [
      svg("path", { class: "shaft unknown", d: `M${x - 46 * direction} ${y}H${x}` }),
      arrowHead(a === undefined ? x : x + 46, y, 1),
      label(x + 8, "start"),
    ];
  }
  if (a === b) {
    return [
      svg("path", { class: "shaft", d: `M${a} ${y - 8}h26v14h-17` }),
      arrowHead(a + 1, y + 6, -1),
      svg(
        "text",
        { class: "label", x: a + 34, y: y + 3 },
        text,
        notes && svg("tspan", { class: "note", dx: 8 }, notes),
      ),
    ];
  }
  const direction = b > a ? 1 : -1;
  const isLost = row.lost > 0 && row.lost === row.sent;
  const end = isLost ? a + (b - a) * 0.66 : b;
  const room = Math.abs(b - a) - 16,
    length = (text.length + (notes ? notes.length + 2 : 0)) * 6.6;
  const left = Math.min(a, b);
  return [
    svg("path", { class: "shaft", d: `M${a} ${y}H${end - (isLost ? 8 : 6) * direction}` }),
    isLost ? cross(end, y) : arrowHead(b, y, direction),
    length <= room ? label((a + b) / 2, "middle") : label(left + 8, "start"),
  ];
}

function event(message, geometry) {
  const x = geometry.x.get(message.from) ?? geometry.x.get(message.to) ?? geometry.gutter.end + 14;
  return [
    svg("circle", { class: "dot", cx: x, cy: 12, r: 4 }),
    svg("text", { class: "label event", x: x + 10, y: 16 }, cut(message.text, geometry.width - x - 30)),
  ];
}

/** "message 12, leg B, INVITE from fs1 to carrier": what a screen reader says. */
export function spoken(row, model) {
  const { message, gap } = row;
  const name = (column) => model.columns[column]?.name ?? "unknown host";
  if (gap) return `${gap.missing} from ${name(gap.from)} to ${name(gap.to)}, not seen by anybody`;
  const leg = model.legs.length > 1 ? `, leg ${model.legs[message.leg].leg}` : "";
  const where = message.event !== undefined ? "" : ` from ${name(message.from)} to ${name(message.to)}`;
  const notes = notesOf(row);
  const findings = row.findings.map((i) => model.findings[i].code).join(", ");
  return (
    `${message.place}${leg}: ${message.text}${where}${notes ? ", " + notes : ""}` +
    (findings ? `, findings: ${findings}` : "")
  );
}

/** A row as a group at its place; `previous` is the row above, for the delta. */
export function drawRow(row, previous, model, view, geometry) {
  const { message, gap } = row;
  const isRepeat = !gap && message.retransmission > 0;
  const { time, delta } = timeText(row, previous, model, view);
  const classes = [
    "row",
    legClass((gap ?? message).leg),
    gap && "gap",
    isRepeat && "repeat",
    !gap && message.isFailure && "failure",
  ]
    .filter(Boolean)
    .join(" ");
  const y = message.event !== undefined && !gap ? 16 : 23;
  const { gutter } = geometry;
  const place = gap ? {} : { id: `m${message.place}`, "data-place": message.place };
  return svg(
    "g",
    { class: classes, ...place, transform: `translate(0 ${row.y})` },
    svg("rect", { class: "ground", x: 0, y: 0, width: geometry.width, height: row.height }),
    lifelines(geometry, row.height),
    marks(row.findings, model, gutter),
    !gap && svg("text", { class: "number", x: gutter.number, y, "text-anchor": "end" }, message.place),
    svg("text", { class: "time", x: gutter.time, y, "text-anchor": "end" }, time),
    gutter.delta && svg("text", { class: "delta", x: gutter.delta, y, "text-anchor": "end" }, delta),
    model.legs.length > 1 &&
      svg("text", { class: "letter", x: gutter.leg, y, "text-anchor": "end" }, model.legs[(gap ?? message).leg].leg),
    message.event !== undefined && !gap ? event(message, geometry) : arrow(row, geometry),
    row.sdp &&
      svg(
        "text",
        {
          class: "sdp",
          y: heights.arrow + 8,
          x: Math.min(geometry.x.get(message.from) ?? gutter.end, geometry.x.get(message.to) ?? gutter.end) + 8,
        },
        cut(row.sdp, geometry.width - gutter.end, 5.6),
      ),
    !gap &&
      model.observers.length > 1 &&
      svg("text", { class: "seen", x: geometry.end + 12, y }, seenBy(message, model.observers)),
  );
}

/** The lines of all columns, over a height. */
function lifelines(geometry, height) {
  const d = geometry.order.map((column) => `M${geometry.x.get(column)} 0v${height}`).join("");
  return svg("path", { class: "lifelines", d });
}

/** A column's head: name, addresses below. Without a transform, as Chromium loses those of a table's head on paper. */
export function drawHead(column, i, geometry) {
  const room = Math.min(geometry.step || widestHead, widestHead) - 8;
  const { name, endpoints } = column;
  const x = geometry.x.get(i);
  const ports = endpoints.every((one) => one !== addressOf(one) && addressOf(one) === addressOf(endpoints[0]))
    ? endpoints.map((one) => one.slice(one.lastIndexOf(":"))).join(" ")
    : endpoints.join(" ");
  const below = name === endpoints[0] ? "" : name === addressOf(endpoints[0]) ? ports : endpoints.join(" ");
  return svg(
    "g",
    {
      class: "head",
      tabindex: 0,
      role: "button",
      "data-column": i,
      "aria-label": `${name} ${below}, host. Enter renames, Shift with left or right moves.`,
    },
    svg("title", {}, `${name}\n${endpoints.join("\n")}\nDrag to move, double-click to rename`),
    svg("rect", { x: x - room / 2, y: 3, width: room, height: headHeight - 6, rx: 6 }),
    svg("text", { class: "name", x, y: below ? 21 : 28, "text-anchor": "middle" }, cut(name, room - 8, 7.4) + " "),
    below && svg("text", { class: "address", x, y: 36, "text-anchor": "middle" }, cut(below, room - 6, 5.6)),
  );
}
