// What may stand at a place of an expression: fields, their operators, their values.

/** The word at `caret`: {begin, word}, outside of quotes. */
export function wordAt(text, caret) {
  let begin = 0,
    isQuoted = false;
  for (let i = 0; i < caret; ++i) {
    if (text[i] === '"' && text[i - 1] !== "\\") isQuoted = !isQuoted;
    else if (text[i] === " " && !isQuoted) begin = i + 1;
  }
  return { begin, word: text.slice(begin, caret) };
}

/** @returns [{text, help}]: what the word may become; `text` replaces it */
export function completions(word, fields) {
  const parts = /^([a-z]+)(!=|[=~<>])(.*)$/.exec(word);
  if (!parts) {
    const matching = fields.filter(({ name }) => name.startsWith(word));
    return matching.flatMap(({ name, operators, help }) =>
      word === name
        ? operators.map((operator) => ({ text: name + operator, help }))
        : [{ text: name + operators[0], help }],
    );
  }
  const field = fields.find(({ name }) => name === parts[1]);
  const done = parts[3].slice(0, parts[3].lastIndexOf(",") + 1),
    open = parts[3].slice(done.length);
  const values = (field?.values ?? []).filter((value) => value.startsWith(open) && value !== open);
  return values.map((value) => ({ text: `${parts[1]}${parts[2]}${done}${value}`, help: field.help }));
}
