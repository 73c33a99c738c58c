"""The protocol of the control socket (c_src/fronts/control.h), for tests and load runs."""

import socket
import struct


def ask(path, words, patience):
    """The answer's status and text. One connection a question, as the protocol has it, and no
    process, which would cost more than most answers."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as s:
        s.settimeout(patience)
        s.connect(str(path))
        body = b"".join(word.encode() + b"\0" for word in words)
        s.sendall(struct.pack(">I", len(body)) + body)
        answer = b"".join(iter(lambda: s.recv(65536), b""))
    if len(answer) < 9 or len(answer) != 9 + struct.unpack_from(">Q", answer, 1)[0]:
        raise ConnectionError("%s: the answer is cut short" % words[0])
    return answer[0], answer[9:]
