// The drawing as Mermaid's sequenceDiagram, for tickets and documents: what is shown, under the hosts' own names.

/** Mermaid reads `;` and `#` in texts as its own, and some viewers `<`: as entities they stay text. */
function text(words) {
  return words.replace(/[#;<>&"%`\\{}]/g, (character) => `#${character.charCodeAt(0)};`);
}

/** @param ladder a LadderView */
export function mermaid(ladder) {
  const { model, rows, geometry } = ladder;
  const name = (column) => `h${column}`;
  const lines = [
    "sequenceDiagram",
    ...geometry.order.map((column) => `  participant ${name(column)} as ${text(model.columns[column].name)}`),
  ];
  for (const row of rows) {
    const { message, gap } = row;
    const { from, to } = gap ?? message;
    const leg = model.legs.length > 1 ? `${model.legs[(gap ?? message).leg].leg} ` : "";
    if (gap && from !== undefined && to !== undefined) {
      lines.push(`  ${name(from)}--)${name(to)}: ${text(`${leg}${gap.missing} not seen`)}`);
    } else if (!gap && message.event !== undefined) {
      if (from !== undefined) lines.push(`  Note over ${name(from)}: ${text(message.text)}`);
    } else if (!gap && from !== undefined && to !== undefined) {
      const isLost = row.lost > 0 && row.lost === row.sent;
      const arrow = isLost ? "-x" : message.retransmission > 0 ? "-->>" : "->>";
      const notes = row.sent > 1 ? ` x${row.sent}` : "";
      const words = `${message.place} ${leg}${message.text}${message.hasSdp ? " (SDP)" : ""}${notes}`;
      lines.push(`  ${name(from)}${arrow}${name(to)}: ${text(words)}`);
    }
  }
  return lines.join("\n") + "\n";
}
