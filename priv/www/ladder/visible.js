// What strangers wrote, made safe to look at: no character is invisible or changes the direction of others
// (controls, marks and overrides of UAX 9, zero-width characters, tags): the page shows \u202e instead.

const hidden =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\udb40[\udc00-\udc7f]/g;

/** One text. */
export function visible(text) {
  return text.replace(hidden, (found) =>
    [...Array(found.length).keys()].map((i) => `\\u${found.charCodeAt(i).toString(16).padStart(4, "0")}`).join(""),
  );
}

/** All texts of an answer; keys are the program's own. */
export function visibleAll(value) {
  if (typeof value === "string") return visible(value);
  if (Array.isArray(value)) return value.map(visibleAll);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, visibleAll(one)]));
}
