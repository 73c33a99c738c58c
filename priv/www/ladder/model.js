// A call as it is drawn, made of the answer of call_details (or of Kazoo's, which tells less): plain data, no DOM.

import { causesOf } from "./causes.js";
import { addressOf, columnsOf } from "./columns.js";
import { isResponse, parse, sdpLines, sdpText, shortLabel } from "./sip.js";
import { micros } from "./time.js";
import { visibleAll } from "./visible.js";

const letters = "abcdefghijklmnopqrstuvwxyz";

function observersOf(details, columnOfAddress) {
  const clocks = details.clocks ?? [];
  return clocks.map((clock, i) => ({
    ...clock,
    letter: letters[i] ?? `(${i + 1})`,
    column: clock.host ? columnOfAddress(clock.host) : undefined,
  }));
}

function seenTimes({ observer, timestamp, ref_timestamp: arrival }) {
  return { observer, time: micros(timestamp), arrival: micros(arrival) };
}

function legsOf(details, messages) {
  if (details.legs?.length) return details.legs;
  const ids = new Set(messages.map((message) => message["call-id"] ?? details["call-id"]));
  return [...ids].map((id, i) => ({ leg: letters[i].toUpperCase(), "call-id": id, joined_by: [] }));
}

/** An observer sits at the receiver and did not see it, nor did another one that sits there. */
function isLost(message, observers) {
  if (message.to === undefined || message.from === message.to) return false;
  const sitsThere = (name) => observers.find((one) => one.observer === name)?.column === message.to;
  return message.missedBy.some(sitsThere) && !message.observedBy.some(({ observer }) => sitsThere(observer));
}

/**
 * @returns {{callId, columns, legs, observers, messages, gaps, findings, analysis, begin, incomplete, contradictions}}
 * A message has: place, at, event, label, text, method, raw, src, dst, from and to (columns), leg (index), callId,
 * cseq, sdp, observedBy, missedBy, retransmission, lost, guessed, cause, why, effects, findings (indexes).
 */
export function modelOf(answer) {
  const details = visibleAll(answer);
  const analysis = details.analysis?.[0] ?? {};
  const columns = columnsOf(details);
  const ofEndpoint = new Map();
  const ofAddress = new Map();
  columns.forEach((column, i) =>
    column.endpoints.forEach((endpoint) => {
      ofEndpoint.set(endpoint, i);
      const address = addressOf(endpoint);
      ofAddress.set(address, ofAddress.has(address) && ofAddress.get(address) !== i ? undefined : i);
    }),
  );
  const legs = legsOf(details, details.messages);
  const legOf = new Map(legs.map((leg, i) => [leg["call-id"], i]));
  const observers = observersOf(details, (address) => ofAddress.get(address));
  const messages = details.messages.map((chunk, place) => {
    const event = details.events?.[place] ?? {};
    const callId = chunk["call-id"] ?? details["call-id"];
    const label = chunk.label ?? chunk.raw?.[0] ?? "";
    const isEvent = chunk.event !== undefined;
    const sdp = isEvent ? [] : sdpLines(parse(chunk.raw ?? []).body);
    const message = {
      place,
      callId,
      chunk,
      event: chunk.event,
      at: micros(event.at ?? chunk.timestamp) ?? 0,
      label,
      text: isEvent ? label : shortLabel(label),
      raw: chunk.raw ?? [],
      src: chunk.src,
      dst: chunk.dst,
      from: ofEndpoint.get(chunk.src),
      to: ofEndpoint.get(chunk.dst),
      leg: legOf.get(callId) ?? 0,
      cseq: chunk.c_seq ?? "",
      sdp: sdp.length ? sdpText(sdp) : "",
      hasSdp: sdp.length > 0,
      observedBy: (event.observed_by ?? []).map(seenTimes),
      missedBy: event.missed_by ?? [],
      retransmission: event.retransmission ?? chunk.retransmission ?? 0,
      guessed: event.guessed === true,
      told: event.cause,
      why: event.why ?? "",
      findings: [],
      effects: [],
    };
    message.method = isEvent ? "events" : (/^\s*\d+\s+(\S+)/.exec(message.cseq)?.[1] ?? message.text).toUpperCase();
    message.isResponse = !isEvent && isResponse(label);
    message.isFailure = message.isResponse && /^[456]/.test(message.text);
    message.lost = isLost(message, observers);
    return message;
  });
  causesOf(messages).forEach((cause, place) => {
    messages[place].cause = cause;
    if (cause !== undefined) messages[cause]?.effects.push(place);
  });
  const findings = analysis.findings ?? [];
  findings.forEach((finding, i) => finding.messages.forEach((place) => messages[place]?.findings.push(i)));
  const gaps = (details.gaps ?? []).map((gap) => ({
    ...gap,
    from: ofEndpoint.get(gap.src),
    to: ofEndpoint.get(gap.dst),
    leg: messages[gap.before]?.leg ?? 0,
    method: String(gap.missing).toUpperCase(),
  }));
  return {
    callId: details["call-id"],
    columns,
    legs,
    observers,
    messages,
    gaps,
    findings,
    analysis,
    begin: messages[0]?.at ?? 0,
    incomplete: details.incomplete,
    contradictions: details.contradictions ?? [],
  };
}
