// Which page comes after the login.

/** A page of this site as a path, whatever a link says; else the list of calls. */
export function placeOf(next, origin) {
  let there;
  try {
    there = new URL(next || "/", origin);
  } catch {
    return "/";
  }
  return there.origin === origin && there.pathname !== "/login.html" ? there.pathname + there.search + there.hash : "/";
}
