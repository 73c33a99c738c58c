// A small plot of numbers over time.

import { svg } from "./ladder/dom.js";

/**
 * @param samples [number | undefined], the newest last
 * @param options {width, height, label, zero: whether the axis begins at 0}
 */
export function sparkline(samples, { width = 180, height = 32, label, zero = true }) {
  const known = samples.filter((one) => one !== undefined);
  let low = Math.min(...known),
    high = Math.max(...known);
  if (zero) low = Math.min(0, low);
  if (!(high > low)) [low, high] = zero ? [low, low + 1] : [low - 1, low + 1];
  const step = samples.length > 1 ? (width - 4) / (samples.length - 1) : 0;
  const y = (value) => height - 3 - ((value - low) / (high - low)) * (height - 6);
  let d = "";
  samples.forEach((value, i) => {
    if (value === undefined) return;
    d += `${d && samples[i - 1] !== undefined ? "L" : "M"}${(2 + i * step).toFixed(1)} ${y(value).toFixed(1)}`;
  });
  const last = known.at(-1);
  return svg(
    "svg",
    { class: "sparkline", width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label },
    svg("title", {}, label),
    svg("path", { class: "axis", d: `M0 ${(zero ? y(0) : height - 1).toFixed(1)}H${width}` }),
    d && svg("path", { class: "curve", d }),
    last !== undefined &&
      samples.at(-1) !== undefined &&
      svg("circle", { class: "now", cx: 2 + (samples.length - 1) * step, cy: y(last), r: 2 }),
  );
}
