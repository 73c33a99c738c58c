// What differs between two messages, by header and by line of the session description.

import { parse, sdpLines } from "./sip.js";

/** Lines that only one has are "-" or "+", those of both " "; the longest common part counts. */
export function lineDifferences(one, other) {
  const n = one.length,
    m = other.length;
  if (n * m > 4e6) return [...one.map((line) => ["-", line]), ...other.map((line) => ["+", line])];
  const common = Array.from({ length: n + 1 }, () => new Uint16Array(m + 1));
  for (let i = n - 1; i >= 0; --i) {
    for (let j = m - 1; j >= 0; --j) {
      common[i][j] = one[i] === other[j] ? common[i + 1][j + 1] + 1 : Math.max(common[i + 1][j], common[i][j + 1]);
    }
  }
  const lines = [];
  let i = 0,
    j = 0;
  while (i < n || j < m) {
    if (i < n && j < m && one[i] === other[j]) (lines.push([" ", one[i++]]), ++j);
    else if (i < n && (j === m || common[i + 1][j] >= common[i][j + 1])) lines.push(["-", one[i++]]);
    else lines.push(["+", other[j++]]);
  }
  return lines;
}

/** Headers by name, in the order of the first message; names without regard to case, values of a name in order. */
function headerDifferences(one, other) {
  const names = new Map();
  for (const header of [...one.headers, ...other.headers]) {
    if (!names.has(header.name.toLowerCase())) names.set(header.name.toLowerCase(), header.name);
  }
  const linesOf = (message, wanted, name) =>
    message.headers
      .filter((header) => header.name.toLowerCase() === wanted)
      .map((header) => `${name}: ${header.value}`);
  return [...names].flatMap(([wanted, name]) =>
    lineDifferences(linesOf(one, wanted, name), linesOf(other, wanted, name)),
  );
}

/** @returns [{part, lines: [[sign, line]]}] of two arrays of lines; a part that is equal has only " " lines. */
export function differences(one, other) {
  const a = parse(one),
    b = parse(other);
  const sdpA = sdpLines(a.body),
    sdpB = sdpLines(b.body);
  const parts = [
    { part: "Start line", lines: lineDifferences([a.start], [b.start]) },
    { part: "Headers", lines: headerDifferences(a, b) },
  ];
  if (sdpA.length || sdpB.length) parts.push({ part: "Session description", lines: lineDifferences(sdpA, sdpB) });
  const rest = (body, sdp) => body.filter((line) => !sdp.includes(line) && line !== "");
  const bodyA = rest(a.body, sdpA),
    bodyB = rest(b.body, sdpB);
  if (bodyA.length || bodyB.length) parts.push({ part: "Body", lines: lineDifferences(bodyA, bodyB) });
  return parts;
}
