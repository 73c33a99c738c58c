// Questions to the program that serves this page; nothing else is ever asked.

/** What went wrong, as the program tells it (RFC 9457). */
export class Problem extends Error {
  /** `column`: where in an expression the mistake is, from 1; undefined elsewhere. */
  constructor(status, { title, detail, column } = {}) {
    super(detail || title || `the answer was ${status}`);
    this.status = status;
    this.column = column;
  }
}

async function ask(path, options) {
  let answer;
  try {
    answer = await fetch(path, { credentials: "same-origin", ...options });
  } catch {
    throw new Problem(0, { detail: "the inspector does not answer" });
  }
  if (answer.ok) return answer;
  if (answer.status === 401 && location.pathname !== "/login.html") {
    const here = location.pathname + location.search + location.hash;
    location.replace(`/login.html?${new URLSearchParams({ next: here })}`);
  }
  let problem = {};
  try {
    problem = await answer.json();
  } catch {
    /* not from the inspector itself */
  }
  throw new Problem(answer.status, problem);
}

export async function json(path, options) {
  const answer = await ask(path, options);
  return answer.json();
}

export async function text(path) {
  const answer = await ask(path);
  return answer.text();
}

export async function blob(path) {
  const answer = await ask(path);
  return answer.blob();
}

/** POST, PATCH and DELETE say that they come from this page. */
export function change(method, path, body) {
  return ask(path, { method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body ?? {}) });
}

export function callPath(id, part) {
  return `/api/calls/${encodeURIComponent(id)}${part ? "/" + part : ""}`;
}

export function pageOf(id) {
  return `/call.html?id=${encodeURIComponent(id)}`;
}
