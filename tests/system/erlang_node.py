"""A client of Erlang's distribution protocol, for what no real client does: old releases, wrong
steps, silence, noise. Terms are written by hand, as the external term format has them."""

import hashlib
import socket
import struct

FLAGS_5 = 0x4 | 0x8 | 0x10 | 0x20 | 0x80 | 0x100 | 0x200 | 0x400 | 0x800 | 0x1000 | 0x4000 | 0x10000 | 0x20000
HANDSHAKE_23 = 0x1000000
FLAGS_6 = FLAGS_5 | 0x40000 | HANDSHAKE_23 | 0x2000000 | 0x4000000 | 1 << 32 | 4 << 32


class Raw(bytes):
    """A term that is encoded already."""


class Atom(str):
    pass


def encode(term):
    if isinstance(term, Raw):
        return bytes(term)
    if isinstance(term, Atom):
        return b"\x64" + struct.pack(">H", len(term)) + term.encode("latin1")  # ATOM_EXT, as OTP 22
    if isinstance(term, bytes):
        return b"\x6d" + struct.pack(">I", len(term)) + term
    if isinstance(term, int):
        return b"\x61" + bytes([term]) if 0 <= term < 256 else b"\x62" + struct.pack(">i", term)
    if isinstance(term, tuple):
        return b"\x68" + bytes([len(term)]) + b"".join(map(encode, term))
    if isinstance(term, list):
        if not term:
            return b"\x6a"
        return b"\x6c" + struct.pack(">I", len(term)) + b"".join(map(encode, term)) + b"\x6a"
    raise TypeError(term)


def pid(node, number):
    """PID_EXT, which releases before 23 write."""
    return Raw(b"\x67" + encode(Atom(node)) + struct.pack(">IIB", number, 0, 1))


def reference(node, number):
    """NEW_REFERENCE_EXT, likewise."""
    return Raw(b"\x72" + struct.pack(">H", 3) + encode(Atom(node)) + b"\x01" + struct.pack(">III", number, 0, 0))


def digest(cookie, challenge):
    return hashlib.md5((cookie + str(challenge)).encode()).digest()


class Client:
    def __init__(self, port, cookie, name="old@127.0.0.1", version=5, patience=60, flags=None, source=""):
        self.name = name
        self.cookie = cookie
        self.version = version
        self.flags = flags if flags is not None else FLAGS_5 if version == 5 else FLAGS_6
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=patience, source_address=(source, 0))
        self.stream = self.socket.makefile("rb")

    def close(self):
        self.stream.close()
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def put(self, payload):
        self.socket.sendall(struct.pack(">H", len(payload)) + payload)

    def get(self):
        head = self.stream.read(2)
        return self.stream.read(struct.unpack(">H", head)[0]) if len(head) == 2 else None

    def send_name(self):
        name = self.name.encode(errors="surrogateescape")
        if self.version == 5:
            self.put(b"n" + struct.pack(">HI", 5, self.flags & 0xFFFFFFFF) + name)
        else:
            self.put(b"N" + struct.pack(">QIH", self.flags, 7, len(name)) + name)

    def log_in(self):
        """The name that the node gives itself; None: it closed the connection."""
        self.send_name()
        status = self.get()
        assert status == b"sok", status
        return self.prove()

    def prove(self, challenge=0x01020304):
        asked = self.get()
        if asked[:1] == b"N":
            _, theirs, _, length = struct.unpack_from(">QIIH", asked, 1)
            node = asked[19 : 19 + length].decode()
        else:
            assert asked[:1] == b"n"
            _, _, theirs = struct.unpack_from(">HII", asked, 1)
            node = asked[11:].decode()
        if self.version == 5 and asked[:1] == b"N":
            self.put(b"c" + struct.pack(">II", self.flags >> 32, 7))
        self.put(b"r" + struct.pack(">I", challenge) + digest(self.cookie, theirs))
        answer = self.get()
        if answer is None:
            return None
        assert answer == b"a" + digest(self.cookie, challenge)
        return node

    # Once logged in:

    def send(self, control, message=None):
        packet = b"\x70\x83" + encode(control)
        if message is not None:
            packet += b"\x83" + encode(message)
        self.socket.sendall(struct.pack(">I", len(packet)) + packet)

    def receive(self):
        """The next packet that is no tick, or None at the end."""
        while True:
            head = self.stream.read(4)
            if len(head) < 4:
                return None
            length = struct.unpack(">I", head)[0]
            if length:
                return self.stream.read(length)

    def tick(self):
        self.socket.sendall(bytes(4))
        return self.stream.read(4)

    def call(self, function, arguments, module="call_inspector_maintenance", number=1, device=None):
        """As rpc:call/4 of OTP 22: a monitor of `rex`, then a call."""
        me = pid(self.name, 40 + number)
        ref = reference(self.name, number)
        self.send((19, me, Atom("rex"), ref))
        call = (Atom("call"), Atom(module), Atom(function), arguments, device or pid(self.name, 30))
        self.send((6, me, Atom(""), Atom("rex")), (Atom("$gen_call"), (me, ref), call))
        return ref
