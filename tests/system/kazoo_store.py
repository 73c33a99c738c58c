"""Writes what Kazoo's Call Inspector stored: records printed with ~p by a real Erlang VM."""

import hashlib
import subprocess

GREGORIAN = 62_167_219_200
STAMP = 1_420_070_400.25 + GREGORIAN  # 2015-01-01


class Atom(str):
    pass


def term(value):
    """As Erlang reads it; how it is written is up to the VM."""
    if value is None:
        return "undefined"
    if isinstance(value, Atom):
        return "'%s'" % value
    if isinstance(value, str):
        value = value.encode()
    if isinstance(value, bytes):
        return "<<%s>>" % ",".join(str(b) for b in value)
    if isinstance(value, tuple):
        return "{%s}" % ",".join(map(term, value))
    if isinstance(value, list):
        return "[%s]" % ",".join(map(term, value))
    return repr(value)


def chunk(call_id, message, timestamp=STAMP, arrival=STAMP + 0.5, src=("192.0.2.1", 5060),
          dst=("192.0.2.2", 5080), parser="127.0.0.1:9060", label=None, c_seq="1 INVITE"):  # fmt: skip
    if isinstance(message, str):
        message = message.encode()
    lines = message.split(b"\r\n") if isinstance(message, bytes) else message
    while lines and not lines[-1]:
        lines = lines[:-1]
    fields = [Atom("ci_chunk"), call_id, lines, timestamp, arrival, *src, *dst, parser,
              lines[0] if label is None else label]  # fmt: skip
    return tuple(fields + ([c_seq] if c_seq else []))


def record(call_id, value, kind="chunk"):
    return (Atom("object"), call_id, int(STAMP), Atom(kind), value)


def path_of(call_id):
    digest = hashlib.md5(call_id if isinstance(call_id, bytes) else call_id.encode()).hexdigest()
    return "%s/%s/%s" % (digest[:2], digest[2:4], digest[4:])


def store(root, records, scratch):
    """Appends each record to the file of its call."""
    terms = scratch / "terms"
    with terms.open("w") as out:
        for one in records:
            path = root / path_of(one[1])
            path.parent.mkdir(parents=True, exist_ok=True)
            out.write("{%s, %s}.\n" % (term(bytes(path)), term(one)))
    program = (
        '{ok, All} = file:consult("%s"), '
        '[ok = file:write_file(Path, io_lib:fwrite("~p.\\n", [Record]), [append])'
        " || {Path, Record} <- All], halt()." % terms
    )
    subprocess.run(["erl", "-noshell", "-eval", program], check=True, timeout=120)
