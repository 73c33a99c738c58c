// Times as the program writes them: Gregorian seconds with six decimals, as text or number.
// Here a time is a number of microseconds since 1970, which a double holds exactly until the year 2255.

const gregorianSeconds = 62167219200;

/** Microseconds since 1970; undefined for what is no time. */
export function micros(gregorian) {
  const parts = /^(\d+)(?:\.(\d{1,6}))?/.exec(String(gregorian ?? ""));
  if (!parts) return undefined;
  return (Number(parts[1]) - gregorianSeconds) * 1e6 + Number((parts[2] ?? "").padEnd(6, "0"));
}

/** "03:47:46.820", in UTC. */
export function clockText(time) {
  return new Date(Math.floor(time / 1000)).toISOString().slice(11, 23);
}

/** "2026-11-28", in UTC. */
export function dayText(time) {
  return new Date(Math.floor(time / 1000)).toISOString().slice(0, 10);
}

/** "2026-11-28 03:47:46.820123", in UTC. */
export function fullText(time) {
  const rest = ((time % 1000) + 1000) % 1000;
  return `${dayText(time)} ${clockText(time)}${String(rest).padStart(3, "0")}`;
}

/** Seconds with three decimals: "0.128", "-0.003". */
export function secondsText(span) {
  return (span / 1e6).toFixed(3);
}

/** The same with its sign: "+0.001". */
export function deltaText(span) {
  return (span < -500 ? "-" : "+") + (Math.abs(span) / 1e6).toFixed(3);
}

/** How late reports come, as `delivery` of an answer tells it. */
export function deliveryText(delivery) {
  if (!delivery) return "";
  return delivery.kind === "prompt" ? "prompt" : `${delivery.kind}, median ${spanText(delivery.median_ms)}`;
}

/** For people: "4 ms", "0.43 s", "2 min 5 s", "1 h 3 min". */
export function spanText(milliseconds) {
  if (milliseconds < 100)
    return `${milliseconds < 10 ? Number(milliseconds.toFixed(1)) : Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 10) return `${seconds.toFixed(2)} s`;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
