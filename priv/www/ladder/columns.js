// The hosts of a drawing, a column each, in the order of the path. What the program tells (`columns`) counts;
// an answer without it (Kazoo's) is put into columns here, by addresses.

/** "192.0.2.1" of "192.0.2.1:5060", "2001:db8::1" of "[2001:db8::1]:5060". */
export function addressOf(endpoint) {
  const parts = /^\[(.+)\]:\d+$|^([^:]+):\d+$/.exec(endpoint);
  return parts ? (parts[1] ?? parts[2]) : endpoint;
}

function byAddresses(messages, entities) {
  const shared = new Set();
  for (const { src, dst, event } of messages) {
    if (src && dst && !event && src !== dst && addressOf(src) === addressOf(dst)) shared.add(addressOf(src));
  }
  const literal = new Set(entities);
  const names = entities.filter((entity) => addressOf(entity) === entity);
  const columns = new Map();
  for (const { src, dst } of messages) {
    for (const endpoint of [src, dst]) {
      if (!endpoint) continue;
      const address = addressOf(endpoint);
      const isNamed = entities.length > 0 && !literal.has(endpoint) && names.length > 0;
      const name = isNamed ? names[0] : undefined;
      const key = name ? `name ${name}` : shared.has(address) ? endpoint : address;
      if (!columns.has(key)) columns.set(key, { name: name ?? "", endpoints: [] });
      const { endpoints } = columns.get(key);
      if (!endpoints.includes(endpoint)) endpoints.push(endpoint);
    }
  }
  return [...columns.values()];
}

/** @returns [{key, name, given, endpoints}]: `key` is the same in every call with this host, `given` its own name. */
export function columnsOf(details) {
  const told = details.columns ?? byAddresses(details.messages, details.dialog_entities ?? []);
  return told.map(({ name, endpoints }) => {
    const isAlone = !told.some(
      (other) =>
        other.endpoints !== endpoints && other.endpoints.some((one) => addressOf(one) === addressOf(endpoints[0])),
    );
    const own = isAlone ? addressOf(endpoints[0]) : endpoints[0];
    return { key: name || own, name: name || own, given: name || own, endpoints: [...endpoints] };
  });
}
