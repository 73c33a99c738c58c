// What made a host send a message: the program tells it between legs (`cause` of `events`); within a leg the Via
// stack does (RFC 3261 16.6, 16.7, 17).

import { branches, cseq, isResponse, parse, values } from "./sip.js";

/** Keys under which a later message looks for an earlier one. */
const key = (...parts) => parts.join("\n");

/**
 * @param messages of the model, in their order, each with `raw`, `from`, `to`, `label`, `cseq`, `callId`
 * @returns for each message the position of what made it, or undefined
 */
export function causesOf(messages) {
  const latest = new Map();
  return messages.map((message, place) => {
    if (message.event) return undefined;
    const parsed = parse(message.raw);
    const stack = branches(parsed);
    const own = key(message.callId, message.cseq, ...stack);
    const hop = key(message.callId, message.cseq, stack[0]); // some answer 100 with the topmost Via alone
    const inner = key(message.callId, message.cseq, ...stack.slice(1));
    const { number, method } = cseq(message.cseq);
    const find = (...parts) => latest.get(key(...parts));
    const keep = (...parts) => latest.set(key(...parts), place);
    const response = isResponse(message.label);
    let cause = message.told ?? find("same", message.label, message.from, message.to, own);
    if (response) {
      cause ??=
        find("response", message.label.split(" ")[1], message.from, own) ??
        find("request", message.to, message.from, hop);
      keep("response", message.label.split(" ")[1], message.to, inner);
      keep("answer", message.callId, number, method, message.to);
      for (const rseq of values(parsed, "RSeq")) keep("reliable", message.callId, rseq, message.to);
    } else {
      cause ??= find("arrived", message.from, inner);
      if (method === "ACK") cause ??= find("answer", message.callId, number, "INVITE", message.from);
      if (method === "PRACK") {
        cause ??= find("reliable", message.callId, (values(parsed, "RAck")[0] ?? "").split(/\s+/)[0], message.from);
      }
      keep("request", message.from, message.to, hop);
      keep("arrived", message.to, own);
    }
    keep("same", message.label, message.from, message.to, own);
    return cause;
  });
}
