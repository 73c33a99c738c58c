// The modules that know nothing of a page, by `node --test`.

import assert from "node:assert/strict";
import { test } from "node:test";
import { completions, wordAt } from "../../priv/www/completion.js";
import { causesOf } from "../../priv/www/ladder/causes.js";
import { columnsOf } from "../../priv/www/ladder/columns.js";
import { differences, lineDifferences } from "../../priv/www/ladder/differences.js";
import { modelOf } from "../../priv/www/ladder/model.js";
import { between, rowsOf } from "../../priv/www/ladder/rows.js";
import { branches, parse, sdpLines, sdpText, shortLabel, values } from "../../priv/www/ladder/sip.js";
import { deltaText, fullText, micros, spanText } from "../../priv/www/ladder/time.js";
import { visible, visibleAll } from "../../priv/www/ladder/visible.js";
import { placeOf } from "../../priv/www/place.js";
import { sentences } from "../../priv/www/story.js";

const [PHONE, PROXY, CALLEE] = ["10.0.0.1:5060", "10.0.0.2:5060", "10.0.0.3:5060"];

/** A chunk as call_details has it. */
function chunk(label, cseq, src, dst, vias, more = []) {
  const raw = [label, ...vias.map((via) => `Via: SIP/2.0/UDP x;branch=${via}`), `CSeq: ${cseq}`, ...more];
  return { label, raw, c_seq: cseq, src, dst, timestamp: 63962445110, "call-id": "a@b" };
}

/** For causesOf, which sees columns and not endpoints. */
function messages(...chunks) {
  return chunks.map((one) => ({ ...one, from: one.src, to: one.dst, callId: "a@b", cseq: one.c_seq }));
}

test("times keep their microseconds", () => {
  assert.equal(fullText(micros("63962445110.378212")), "2026-11-21 01:51:50.378212");
  assert.equal(micros("63962445110.5") - micros("63962445110.25"), 250000);
  assert.equal(micros("soon"), undefined);
  assert.equal(deltaText(-3199936), "-3.200");
  assert.equal(deltaText(-400), "+0.000", "what is shown as nothing has no minus");
  assert.deepEqual([4.25, 94, 430, 65000, 3780000].map(spanText), [
    "4.3 ms",
    "94 ms",
    "0.43 s",
    "1 min 5 s",
    "1 h 3 min",
  ]);
});

test("headers: compact names, folds, lists of Vias, values that hold commas", () => {
  const message = parse([
    "BYE sip:a SIP/2.0",
    "v: SIP/2.0/UDP a;branch=1,",
    " SIP/2.0/UDP b ; branch = 2",
    "f: <sip:x>",
    "",
    "body",
  ]);
  assert.deepEqual(values(message, "from"), ["<sip:x>"]);
  assert.deepEqual(branches(message), ["1", "2"]);
  assert.deepEqual(branches(parse(["X", 'Via: SIP/2.0/UDP c;x=",";branch=3'])), ["3"]);
  assert.deepEqual(message.body, ["body"]);
  assert.equal(shortLabel("SIP/2.0 100 trying -- your call is important to us"), "100 trying");
  assert.equal(shortLabel("INVITE sip:x SIP/2.0"), "INVITE");
});

test("session descriptions in a line, also in a part of several", () => {
  const body = [
    "--part",
    "",
    "v=0",
    "c=IN IP4 192.0.2.1",
    "m=audio 4000 RTP/AVP 8 101",
    "a=rtpmap:101 telephone-event/8000",
    "a=sendonly",
    "m=video 0 RTP/AVP 31",
    "m=audio 9 RTP/SAVP 0",
    "c=IN IP6 2001:db8::1",
    "--part--",
  ];
  assert.equal(
    sdpText(sdpLines(body)),
    "audio 192.0.2.1:4000 PCMA,telephone-event sendonly; video refused; " +
      "audio [2001:db8::1]:9 RTP/SAVP PCMU sendrecv",
  );
  assert.deepEqual(sdpLines(["no"]), []);
});

test("causes: passed on, answered, acknowledged, sent again, told by the program", () => {
  const made = causesOf(
    messages(
      chunk("INVITE sip:a SIP/2.0", "1 INVITE", PHONE, PROXY, ["p1"]),
      chunk("INVITE sip:b SIP/2.0", "1 INVITE", PROXY, CALLEE, ["x1", "p1"]),
      chunk("SIP/2.0 100 Trying", "1 INVITE", CALLEE, PROXY, ["x1"]),
      chunk("SIP/2.0 183 Progress", "1 INVITE", CALLEE, PROXY, ["x1", "p1"], ["RSeq: 7"]),
      chunk("SIP/2.0 183 Progress", "1 INVITE", PROXY, PHONE, ["p1"], ["RSeq: 7"]),
      chunk("PRACK sip:a SIP/2.0", "2 PRACK", PHONE, PROXY, ["p2"], ["RAck: 7 1 INVITE"]),
      chunk("SIP/2.0 200 OK", "1 INVITE", CALLEE, PROXY, ["x1", "p1"]),
      chunk("SIP/2.0 200 OK", "1 INVITE", PROXY, PHONE, ["p1"]),
      chunk("ACK sip:a SIP/2.0", "1 ACK", PHONE, PROXY, ["p3"]),
      chunk("ACK sip:b SIP/2.0", "1 ACK", PROXY, CALLEE, ["x3", "p3"]),
      chunk("SIP/2.0 200 OK", "1 INVITE", PROXY, PHONE, ["p1"]),
    ),
  );
  assert.deepEqual(made, [undefined, 0, 1, 1, 3, 4, 1, 6, 7, 8, 7]);
  const told = messages(chunk("INVITE sip:c SIP/2.0", "9 INVITE", PROXY, CALLEE, ["q"]));
  told[0].told = 4;
  assert.deepEqual(causesOf(told), [4]);
  assert.deepEqual(causesOf(messages({ ...chunk("a line", "", PHONE, PHONE, []), event: "log" })), [undefined]);
});

test("columns: as the program tells them, else by address, two ports that talk to each other apart", () => {
  const columns = [
    { name: "kam1", endpoints: [PROXY] },
    { name: "", endpoints: [PHONE, "10.0.0.1:5070"] },
  ];
  assert.deepEqual(
    columnsOf({ columns }).map(({ name }) => name),
    ["kam1", "10.0.0.1"],
  );
  const byAddress = columnsOf({
    messages: [
      { src: PHONE, dst: PROXY },
      { src: "10.0.0.2:5080", dst: PHONE },
    ],
  });
  assert.deepEqual(
    byAddress.map(({ endpoints }) => endpoints),
    [[PHONE], [PROXY, "10.0.0.2:5080"]],
  );
  const toItself = columnsOf({ messages: [{ src: "127.0.0.1:5060", dst: "127.0.0.1:5080" }] });
  assert.deepEqual(
    toItself.map(({ name }) => name),
    ["127.0.0.1:5060", "127.0.0.1:5080"],
  );
  const named = columnsOf({ messages: [{ src: PHONE, dst: PROXY }], dialog_entities: [PHONE, "kam1"] });
  assert.deepEqual(
    named.map(({ name }) => name),
    ["10.0.0.1", "kam1"],
  );
});

const invite = chunk("INVITE sip:a SIP/2.0", "1 INVITE", PHONE, PROXY, ["p1"], ["", "v=0", "m=audio 1 RTP/AVP 0"]);
const ringing = chunk("SIP/2.0 180 Ringing", "1 INVITE", PROXY, PHONE, ["p1"]);
const view = (more) => ({
  hiddenLegs: new Set(),
  hiddenMethods: new Set(),
  hiddenHosts: new Set(),
  folded: true,
  sdp: true,
  ...more,
});

test("rows: retransmissions are folded, filters hide, gaps stand before what shows them", () => {
  const model = modelOf({
    "call-id": "a@b",
    messages: [invite, invite, ringing],
    dialog_entities: [],
    events: [{ at: "63962445110.1" }, { at: "63962445110.6", retransmission: 1 }, { at: "63962445111.1" }],
    gaps: [{ missing: "PRACK", src: PHONE, dst: PROXY, before: 2 }],
  });
  const rows = rowsOf(model, view());
  assert.deepEqual(
    rows.map((row) => (row.gap ? "gap" : row.message.place)),
    [0, "gap", 2],
  );
  assert.deepEqual([rows[0].sent, rows[0].folded], [2, [1]]);
  assert.equal(rowsOf(model, view({ folded: false })).length, 4);
  assert.equal(rowsOf(model, view({ hiddenMethods: new Set(["INVITE"]) })).filter(({ gap }) => !gap).length, 0);
  assert.equal(rowsOf(model, view({ hiddenHosts: new Set([0]) })).length, 0);
  assert.equal(rowsOf(model, view({ hiddenLegs: new Set([0]) })).length, 0);
  assert.ok(rows[0].height > rowsOf(model, view({ sdp: false }))[0].height);
  assert.deepEqual(between(rows, rows[1].y + 1, rows[1].y + 2), [1, 2]);
  assert.deepEqual(between(rows, 0, Infinity), [0, 3]);
});

test("a call as Crossbar hands it over: without legs, times by the common clock, observers", () => {
  const bare = [invite, ringing].map(({ "call-id": _, ...rest }) => rest);
  const model = modelOf({
    "call-id": "a@b",
    messages: bare,
    dialog_entities: [PHONE, PROXY],
    analysis: [{ findings: [{ code: "x", severity: "info", text: "t", messages: [1] }] }],
  });
  assert.deepEqual([model.legs.length, model.messages[1].cause, model.messages[1].findings], [1, 0, [0]]);
  assert.deepEqual([model.observers, model.gaps], [[], []]);
});

test("lost: an observer at the receiver did not see it, and no other one there did", () => {
  const answer = (seen, missed) =>
    modelOf({
      "call-id": "a@b",
      messages: [invite],
      dialog_entities: [],
      events: [
        {
          at: "1",
          observed_by: seen.map((observer) => ({ observer, timestamp: "63962445110.1" })),
          missed_by: missed,
        },
      ],
      clocks: [
        { observer: "far", host: "10.0.0.2" },
        { observer: "far too", host: "10.0.0.2" },
        { observer: "near", host: "10.0.0.1" },
      ],
    });
  assert.equal(answer(["near"], ["far"]).messages[0].lost, true);
  assert.equal(answer(["near", "far too"], ["far"]).messages[0].lost, false);
  assert.equal(answer(["far"], ["near"]).messages[0].lost, false);
});

test("what differs, by part; the order of different headers makes no difference", () => {
  const one = ["INVITE a", "To: x", "Max-Forwards: 70", "Route: 1", "Route: 2", "", "v=0", "a=x"];
  const other = ["INVITE a", "Max-Forwards: 69", "t: x", "Route: 2", "", "v=0", "a=y", "b"];
  const shown = differences(one, other).map(({ part, lines }) => [
    part,
    lines.filter(([sign]) => sign !== " ").map((line) => line.join(" ")),
  ]);
  assert.deepEqual(shown, [
    ["Start line", []],
    ["Headers", ["- Max-Forwards: 70", "+ Max-Forwards: 69", "- Route: 1"]],
    ["Session description", ["- a=x", "+ a=y"]],
    ["Body", ["+ b"]],
  ]);
  assert.deepEqual(lineDifferences([], ["a"]), [["+", "a"]]);
});

test("hidden characters are shown", () => {
  assert.equal(visible("a\u202eb\u009b\u0000"), "a\\u202eb\\u009b\\u0000");
  assert.equal(visible("\u{e0041}é漢"), "\\udb40\\udc41é漢");
  assert.deepEqual(visibleAll({ a: ["\u200b", 1, null] }), { a: ["\\u200b", 1, null] });
});

test("completion: fields, their operators, their values, after a comma, in quotes", () => {
  const fields = [
    { name: "from", operators: ["=", "~"], help: "" },
    { name: "outcome", operators: ["="], help: "", values: ["busy", "failed"] },
  ];
  const texts = (word) => completions(word, fields).map(({ text }) => text);
  assert.deepEqual(texts("f"), ["from="]);
  assert.deepEqual(texts("from"), ["from=", "from~"]);
  assert.deepEqual(texts("outcome=busy,f"), ["outcome=busy,failed"]);
  assert.deepEqual(texts("outcome=busy"), []);
  assert.deepEqual(wordAt('from="a b" out', 14), { begin: 11, word: "out" });
  assert.deepEqual(wordAt('from="a b', 9), { begin: 0, word: 'from="a b' });
});

test("the story's sentences, without what is wrong", () => {
  const text =
    "2026-11-28 UTC\n    +0.000  A called B.\n   +32.019  So.\n\nWhat is wrong:\n  1. error, x: y\n     Next: z\n";
  assert.deepEqual(sentences(text), [
    { time: "+0.000", text: "A called B." },
    { time: "+32.019", text: "So." },
  ]);
});

test("after the login comes a page of this site, whatever a link says", () => {
  const site = "https://inspector.example.com";
  assert.equal(placeOf("/call.html?id=a%40b#m3", site), "/call.html?id=a%40b#m3");
  for (const next of [null, "", "//evil.example.com/x", "https://evil.example.com/", "javascript:alert(1)", "/\\evil.example.com",
    "/login.html?next=/login.html", "http://[", "\\\\evil.example.com"]) {
    assert.equal(placeOf(next, site), "/", next);
  }
});
