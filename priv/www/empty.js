// What stands where no call is: how to point a sender here.

import { json } from "./api.js";
import { html } from "./ladder/dom.js";
import { visible } from "./ladder/visible.js";

function kamailio(address) {
  return [
    'loadmodule "siptrace.so"',
    `modparam("siptrace", "duplicate_uri", "sip:${address}")`,
    'modparam("siptrace", "hep_mode_on", 1)',
    'modparam("siptrace", "hep_version", 3)',
    'modparam("siptrace", "hep_capture_id", 101)',
    'modparam("siptrace", "trace_to_database", 0)',
    'modparam("siptrace", "trace_on", 1)',
    'modparam("siptrace", "trace_mode", 1)',
  ].join("\n");
}

function freeswitch(address) {
  return [
    `<param name="capture-server" value="udp:${address};hep=3;capture_id=201"/>  <!-- global_settings -->`,
    '<param name="sip-capture" value="yes"/>  <!-- each profile -->',
  ].join("\n");
}

function opensips(address) {
  return [
    "socket=hep_udp:127.0.0.1:6060",
    'loadmodule "proto_hep.so"',
    `modparam("proto_hep", "hep_id", "[inspector]${address};transport=udp;version=3")`,
    'modparam("proto_hep", "hep_capture_id", 301)',
    'loadmodule "tracer.so"',
    'modparam("tracer", "trace_on", 1)',
    'modparam("tracer", "trace_id", "[tid]uri=hep:inspector")',
    "",
    "# in the script, on the first request:",
    'trace("tid", "d", "sip");',
  ].join("\n");
}

/** For an inspector that has no calls yet. */
export async function noCalls() {
  let parsers = [];
  try {
    parsers = await json("/api/parsers");
  } catch {
    /* told above the list */
  }
  const hep = parsers.filter(({ type }) => type === "hep").map(({ id }) => visible(id));
  const address = hep.find((id) => !id.startsWith("tls:")) ?? "127.0.0.1:9060";
  const part = (name, text) =>
    html("details", {}, html("summary", {}, name), html("pre", { tabindex: 0, "aria-label": name }, text));
  return html(
    "section",
    { class: "empty", "aria-labelledby": "empty-title" },
    html("h2", { id: "empty-title" }, "No calls yet"),
    html(
      "p",
      {},
      hep.length
        ? ["The inspector takes HEP at ", html("code", {}, hep.join(", ")), ". Point a sender there:"]
        : [
            "No parser takes HEP. Start one at ",
            html("a", { href: "/senders.html" }, "Senders and clocks"),
            ", then point a sender there:",
          ],
    ),
    part("Kamailio: kamailio.cfg", kamailio(address)),
    part("FreeSWITCH: sofia.conf.xml", freeswitch(address)),
    part("OpenSIPS: opensips.cfg", opensips(address)),
    html(
      "p",
      { class: "quiet" },
      "Calls appear here by themselves. If nothing comes, ",
      html("a", { href: "/senders.html" }, "Senders and clocks"),
      " shows what was received and what was refused.",
    ),
  );
}

/** For a search that finds nothing. */
export function nothingFound(expression) {
  return html(
    "section",
    { class: "empty" },
    html("h2", {}, "No call matches"),
    html(
      "p",
      {},
      html("code", {}, visible(expression)),
      " holds for no call that is kept. New ones appear here by themselves. " +
        "Without kind= only calls and messages are looked for: kind=registration finds registrations.",
    ),
  );
}
