// The rows of a drawing: which messages it shows, what was folded into them, what nobody saw, and how high each is.

export const heights = { arrow: 34, event: 24, line: 15 };

/** What all transmissions of a message on one hop have in common. */
function identity(message) {
  const via = message.raw.find((line) => /^(via|v)\s*:/i.test(line)) ?? "";
  return [message.callId, message.src, message.dst, message.cseq, message.label, via].join("\n");
}

/**
 * @param view {hiddenLegs, hiddenMethods, hiddenHosts: Sets; folded, sdp: booleans}
 * @returns [{message | gap, sent, lost, last, sdp, y, height, findings}], `y` from the top
 */
export function rowsOf(model, view) {
  const rows = [];
  const first = new Map();
  const shownSdp = new Set();
  const isShown = ({ leg, method, from, to }) =>
    !view.hiddenLegs.has(leg) &&
    !view.hiddenMethods.has(method) &&
    !(view.hiddenHosts.has(from) || view.hiddenHosts.has(to));
  let nextGap = 0;
  let y = 0;
  const add = (row, height) => {
    rows.push({ sent: 1, lost: 0, findings: [], ...row, y, height });
    y += height;
  };
  for (const message of model.messages) {
    for (; nextGap < model.gaps.length && model.gaps[nextGap].before <= message.place; ++nextGap) {
      if (isShown(model.gaps[nextGap])) add({ gap: model.gaps[nextGap], message }, heights.arrow);
    }
    if (!isShown(message)) continue;
    if (message.event !== undefined) {
      add({ message, findings: [...message.findings] }, heights.event);
      continue;
    }
    if (view.folded) {
      const row = message.retransmission > 0 ? first.get(identity(message)) : undefined;
      if (row) {
        row.sent += 1;
        row.lost += message.lost ? 1 : 0;
        row.last = message.at;
        row.folded = [...(row.folded ?? []), message.place];
        for (const finding of message.findings) if (!row.findings.includes(finding)) row.findings.push(finding);
        continue;
      }
    }
    let sdp = "";
    if (view.sdp && message.sdp) {
      const key = [message.callId, message.cseq, message.sdp].join("\n");
      if (!shownSdp.has(key)) sdp = message.sdp;
      shownSdp.add(key);
    }
    add(
      { message, sdp, lost: message.lost ? 1 : 0, findings: [...message.findings], last: message.at },
      heights.arrow + (sdp ? heights.line : 0),
    );
    if (view.folded) first.set(identity(message), rows.at(-1));
  }
  return rows;
}

/** The rows from `top` to `bottom`, by halving. */
export function between(rows, top, bottom) {
  let low = 0,
    high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rows[middle].y + rows[middle].height < top) low = middle + 1;
    else high = middle;
  }
  let end = low;
  while (end < rows.length && rows[end].y <= bottom) ++end;
  return [low, end];
}
