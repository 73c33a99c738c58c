// Where things stand, in units of the drawing before zoom.

const wideGutter = { findings: 34, number: 74, time: 168, delta: 236, leg: 256, end: 268 };
const narrowGutter = { findings: 24, number: 46, time: 134, leg: 154, end: 158 }; // on a phone, without deltas
const phone = 700;
export const observersWidth = 64;
export const headHeight = 46;
const narrowest = 106,
  widest = 260,
  edge = 60;

/**
 * @param width that there is, at zoom 1
 * @param order shown columns, from left to right
 */
export function geometryOf(width, order) {
  const gutter = width < phone ? narrowGutter : wideGutter;
  const room = width - gutter.end - observersWidth - 2 * edge;
  const step = order.length < 2 ? 0 : Math.max(narrowest, Math.min(widest, room / (order.length - 1)));
  const x = new Map(order.map((column, i) => [column, gutter.end + edge + i * step]));
  const end = gutter.end + 2 * edge + step * Math.max(0, order.length - 1);
  return { gutter, x, step, edge, order, end, width: Math.max(end + observersWidth, width) };
}
