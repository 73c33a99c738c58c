"""The protocol of the control socket (c_src/fronts/control.h), for tests and load runs."""

import os
import socket
import struct


STAYS = 1 << 31  # in a question's length: the connection stays open after the answer


def question(words, stays=0):
    body = b"".join(os.fsencode(word) + b"\0" for word in words)
    return struct.pack(">I", stays | len(body)) + body


def ask(path, words, patience):
    """The answer's status and text. No process is started, which would cost more than most
    answers."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as s:
        s.settimeout(patience)
        s.connect(str(path))
        s.sendall(question(words))
        answer = b"".join(iter(lambda: s.recv(65536), b""))
    if len(answer) < 9 or len(answer) != 9 + struct.unpack_from(">Q", answer, 1)[0]:
        raise ConnectionError("%s: the answer is cut short" % words[0])
    return answer[0], answer[9:]


class Connection:
    """For several questions."""

    def __init__(self, path, patience):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.settimeout(patience)
        self.socket.connect(str(path))
        self._answers = self.socket.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._answers.close()
        self.socket.close()

    def ask(self, *words):
        self.socket.sendall(question(words, STAYS))
        return self.answer()

    def answer(self):
        """The next one; None at the end of the stream."""
        head = self._answers.read(9)
        if not head:
            return None
        text = self._answers.read(struct.unpack_from(">Q", head, 1)[0])
        return head[0], text
