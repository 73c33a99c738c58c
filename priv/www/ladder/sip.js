// A SIP message as far as a drawing needs it (RFC 3261 7): start line, headers, Via stack, session description.

const compactNames = {
  a: "Accept-Contact",
  b: "Referred-By",
  c: "Content-Type",
  d: "Request-Disposition",
  e: "Content-Encoding",
  f: "From",
  i: "Call-ID",
  j: "Reject-Contact",
  k: "Supported",
  l: "Content-Length",
  m: "Contact",
  n: "Identity-Info",
  o: "Event",
  r: "Refer-To",
  s: "Subject",
  t: "To",
  u: "Allow-Events",
  v: "Via",
  x: "Session-Expires",
  y: "Identity",
};
const staticCodecs = {
  0: "PCMU",
  3: "GSM",
  4: "G723",
  8: "PCMA",
  9: "G722",
  13: "CN",
  15: "G728",
  18: "G729",
  26: "JPEG",
  31: "H261",
  34: "H263",
};

/** @returns {{start, headers: [{name, value, lines}], body: [line]}} of a message's lines. */
export function parse(lines) {
  const [start = "", ...rest] = lines;
  const end = rest.indexOf("");
  const head = end < 0 ? rest : rest.slice(0, end);
  const headers = [];
  for (const line of head) {
    if (/^[ \t]/.test(line) && headers.length > 0) {
      headers.at(-1).value += " " + line.trim();
      headers.at(-1).lines.push(line);
      continue;
    }
    const colon = line.indexOf(":");
    const written = colon < 0 ? line : line.slice(0, colon).trim();
    const name = compactNames[written.toLowerCase()] ?? written;
    headers.push({ name, value: colon < 0 ? "" : line.slice(colon + 1).trim(), lines: [line] });
  }
  return { start, headers, body: end < 0 ? [] : rest.slice(end + 1) };
}

/** Values of all headers of that name. */
export function values(message, name) {
  const wanted = name.toLowerCase();
  return message.headers.filter((header) => header.name.toLowerCase() === wanted).map((header) => header.value);
}

/** Splits at commas outside of quotes and angle brackets. */
function listed(value) {
  return value.match(/(?:"(?:\\.|[^"\\])*"|<[^>]*>|[^,])+/g) ?? [];
}

/** The branches of the Via stack, the topmost first; the sender's own text where there is none. */
export function branches(message) {
  return values(message, "Via")
    .flatMap(listed)
    .map((via) => {
      const branch = /;\s*branch\s*=\s*([^;\s,]+)/i.exec(via);
      return branch ? branch[1] : via.trim();
    });
}

/** {number, method} of CSeq. */
export function cseq(text) {
  const parts = /^\s*(\d+)\s+(\S+)/.exec(text ?? "");
  return parts ? { number: Number(parts[1]), method: parts[2].toUpperCase() } : { number: -1, method: "" };
}

export function isResponse(label) {
  return /^sip\//i.test(label);
}

/** What stands at an arrow: "INVITE", "180 Ringing". */
export function shortLabel(label) {
  const space = label.indexOf(" ");
  const text = isResponse(label) ? label.slice(space + 1) : space < 0 ? label : label.slice(0, space);
  return text.split(" -- ")[0] || "?"; // Kamailio: "100 trying -- your call is important to us"
}

/** The lines of the session description in a body, also of one part of several. */
export function sdpLines(body) {
  const begin = body.indexOf("v=0");
  if (begin < 0) return [];
  const lines = body.slice(begin);
  const end = lines.findIndex((line) => !/^[a-z]=/.test(line));
  return end < 0 ? lines : lines.slice(0, end);
}

/** "audio 192.0.2.1:4000 PCMA,PCMU sendrecv; video refused" */
export function sdpText(lines) {
  const streams = [];
  let sessionAddress = "?",
    sessionDirection = "sendrecv",
    stream;
  for (const line of lines) {
    const value = line.slice(2);
    if (line.startsWith("m=")) {
      const [media, port = "0", transport = "", ...formats] = value.split(/\s+/);
      stream = {
        media,
        port: port.split("/")[0],
        transport,
        formats,
        names: {},
        address: sessionAddress,
        direction: sessionDirection,
      };
      streams.push(stream);
    } else if (line.startsWith("c=")) {
      const address = value.split(/\s+/)[2] ?? "?";
      if (stream) stream.address = address;
      else sessionAddress = address;
    } else if (/^a=(sendrecv|sendonly|recvonly|inactive)\s*$/.test(line)) {
      if (stream) stream.direction = value.trim();
      else sessionDirection = value.trim();
    } else if (stream && line.startsWith("a=rtpmap:")) {
      const map = /^rtpmap:(\d+)\s+([^/\s]+)/.exec(value);
      if (map) stream.names[map[1]] = map[2];
    }
  }
  return streams
    .map((one) => {
      if (one.port === "0") return `${one.media} refused`;
      const where = one.address.includes(":") ? `[${one.address}]:${one.port}` : `${one.address}:${one.port}`;
      const codecs = one.formats.map((format) => one.names[format] ?? staticCodecs[format] ?? format);
      const transport = one.transport === "RTP/AVP" ? "" : ` ${one.transport}`;
      return `${one.media} ${where}${transport} ${codecs.join(",")} ${one.direction}`;
    })
    .join("; ");
}
