// The drawing as a file: as SVG that needs no style sheet, and as PNG, painted from that SVG's elements.

import { drawHead, drawRow } from "./draw.js";
import { svg } from "./dom.js";
import { headHeight } from "./geometry.js";

const kept = [
  "fill",
  "stroke",
  "stroke-width",
  "stroke-dasharray",
  "stroke-linejoin",
  "font-size",
  "font-weight",
  "font-family",
  "font-style",
  "paint-order",
  "text-anchor",
  "opacity",
];
const widestPng = 16000; // what browsers paint at most along one side

/** All rows of a view, in light colours, with its styles as attributes. */
export function standaloneSvg(ladder) {
  const { model, view, geometry, rows } = ladder;
  const height = headHeight + ladder.height;
  const root = svg(
    "svg",
    { class: "ladder-file", width: geometry.width, height, viewBox: `0 0 ${geometry.width} ${height}` },
    svg("rect", { class: "paper", width: geometry.width, height }),
    svg(
      "g",
      {},
      geometry.order.map((i) => drawHead(model.columns[i], i, geometry)),
    ),
    svg(
      "g",
      { transform: `translate(0 ${headHeight})` },
      rows.map((row, i) => drawRow(row, rows[i - 1], model, view, geometry)),
    ),
  );
  const stage = document.createElement("div");
  stage.className = "ladder stage";
  stage.dataset.theme = "light";
  stage.append(root);
  document.body.append(stage);
  for (const element of [root, ...root.querySelectorAll("*")]) {
    const style = getComputedStyle(element);
    for (const name of kept) {
      const value = style.getPropertyValue(name);
      if (value) element.setAttribute(name, value);
    }
  }
  stage.remove();
  for (const element of [root, ...root.querySelectorAll("*")]) {
    for (const name of ["class", "id", "role", "tabindex", "aria-label", "data-place", "data-column"]) {
      element.removeAttribute(name);
    }
  }
  return root;
}

export function svgBlob(ladder) {
  const text = new XMLSerializer().serializeToString(standaloneSvg(ladder));
  return new Blob([`<?xml version="1.0" encoding="UTF-8"?>\n${text}`], { type: "image/svg+xml" });
}

function paintShape(context, element, path) {
  const style = (name) => element.getAttribute(name);
  context.globalAlpha = Number(style("opacity") ?? 1);
  if (style("fill") !== "none") {
    context.fillStyle = style("fill");
    context.fill(path);
  }
  if (style("stroke") && style("stroke") !== "none") {
    context.strokeStyle = style("stroke");
    context.lineWidth = parseFloat(style("stroke-width"));
    context.setLineDash((style("stroke-dasharray") ?? "").match(/[\d.]+/g)?.map(Number) ?? []);
    context.stroke(path);
  }
}

function paintText(context, element) {
  const x = Number(element.getAttribute("x") ?? 0),
    y = Number(element.getAttribute("y") ?? 0);
  const pieces = [...element.childNodes].map((node) => {
    const from = node.nodeType === Node.TEXT_NODE ? element : node;
    return {
      text: node.textContent,
      dx: Number(from.getAttribute("dx") ?? 0),
      fill: from.getAttribute("fill"),
      font: ["font-style", "font-weight", "font-size", "font-family"]
        .map((name) => from.getAttribute(name))
        .join(" "),
    };
  });
  const measured = pieces.map((piece) => {
    context.font = piece.font;
    return context.measureText(piece.text).width + piece.dx;
  });
  const width = measured.reduce((sum, one) => sum + one, 0);
  let at = x - { start: 0, middle: width / 2, end: width }[element.getAttribute("text-anchor") ?? "start"];
  context.setLineDash([]);
  pieces.forEach((piece, i) => {
    context.font = piece.font;
    if (element.getAttribute("paint-order")?.startsWith("stroke")) {
      context.strokeStyle = element.getAttribute("stroke");
      context.lineWidth = parseFloat(element.getAttribute("stroke-width"));
      context.lineJoin = "round";
      context.strokeText(piece.text, at + piece.dx, y);
    }
    context.fillStyle = piece.fill;
    context.fillText(piece.text, at + piece.dx, y);
    at += measured[i];
  });
}

function paint(context, element) {
  const number = (name) => Number(element.getAttribute(name) ?? 0);
  context.save();
  const move = /translate\(([-\d.]+) ([-\d.]+)\)/.exec(element.getAttribute("transform") ?? "");
  if (move) context.translate(Number(move[1]), Number(move[2]));
  const path = new Path2D(element.tagName === "path" ? element.getAttribute("d") : undefined);
  switch (element.tagName) {
    case "g":
    case "svg":
      for (const child of element.children) paint(context, child);
      break;
    case "text":
      paintText(context, element);
      break;
    case "path":
      paintShape(context, element, path);
      break;
    case "circle":
      path.arc(number("cx"), number("cy"), number("r"), 0, 2 * Math.PI);
      paintShape(context, element, path);
      break;
    case "line":
      path.moveTo(number("x1"), number("y1"));
      path.lineTo(number("x2"), number("y2"));
      paintShape(context, element, path);
      break;
    case "rect":
      path.roundRect(number("x"), number("y"), number("width"), number("height"), number("rx"));
      paintShape(context, element, path);
      break;
    default:
      break;
  }
  context.restore();
}

/** Twice as fine as on the page, as far as a picture may be that large; rejects where it may not. */
export async function pngBlob(ladder) {
  const root = standaloneSvg(ladder);
  const width = Number(root.getAttribute("width")),
    height = Number(root.getAttribute("height"));
  const scale = Math.min(2, widestPng / width, widestPng / height);
  const canvas = document.createElement("canvas");
  canvas.width = Math.ceil(width * scale);
  canvas.height = Math.ceil(height * scale);
  const context = canvas.getContext("2d");
  context.scale(scale, scale);
  paint(context, root);
  const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
  if (!blob) throw new Error("the picture is too large for this browser: filter first, or take SVG");
  return blob;
}

/** Hands a file to the browser. */
export function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name.replace(/[^\w.@-]+/g, "_");
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
