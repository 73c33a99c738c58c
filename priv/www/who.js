// Who is logged in, and the way out; nothing where there is no login.

import { change, json } from "./api.js";
import { html } from "./ladder/dom.js";

async function leave() {
  await change("DELETE", "/api/session");
  location.assign("/login.html");
}

try {
  const session = await json("/api/session");
  if (session.login) {
    const button = html("button", { type: "button", id: "logout", title: `Logged in as ${session.name}` }, "Log out");
    button.addEventListener("click", leave);
    document.querySelector(".site-bar").append(button);
  }
} catch {
  /* the page itself tells what is wrong */
}
