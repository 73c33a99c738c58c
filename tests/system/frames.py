"""Frames and capture files, built layer by layer: ethernet(ipv4(17, udp(...)))."""

import socket
import struct

A, B = ("192.0.2.1", 5070), ("192.0.2.2", 5060)


def sip(start, call_id, cseq="1 OPTIONS", body=""):
    return (
        "%s\r\nVia: SIP/2.0/UDP 192.0.2.1:5070;branch=z9hG4bK%s\r\nFrom: <sip:a@h>;tag=1\r\n"
        "To: <sip:b@h>\r\nCall-ID: %s\r\nCSeq: %s\r\nContent-Length: %d\r\n\r\n%s"
        % (start, cseq.split()[0], call_id, cseq, len(body), body)
    ).encode()


def dialogue(call_id):
    """(from A, message) of a call."""
    long = "v=0\r\n" + "a=x\r\n" * 300  # more than a frame takes
    return [
        (True, sip("INVITE sip:b@h SIP/2.0", call_id, "1 INVITE", long)),
        (False, sip("SIP/2.0 180 Ringing", call_id, "1 INVITE")),
        (False, sip("SIP/2.0 200 OK", call_id, "1 INVITE", long)),
        (True, sip("ACK sip:b@h SIP/2.0", call_id, "1 ACK")),
        (False, sip("BYE sip:a@h SIP/2.0", call_id, "2 BYE")),
        (True, sip("SIP/2.0 200 OK", call_id, "2 BYE")),
    ]


def udp(src, dst, payload):
    return struct.pack(">HHHH", src, dst, 8 + len(payload), 0) + payload


def tcp(src, dst, sequence, flags, payload):
    return struct.pack(">HHIIBBHI", src, dst, sequence, 0, 0x50, flags, 1000, 0) + payload


def sctp(src, dst, chunks):
    return struct.pack(">HHII", src, dst, 0x1234, 0) + chunks


def sctp_chunks(message, number, size=1200):
    """DATA chunks of one message, from that TSN on."""
    chunks = []
    for at in range(0, len(message), size):
        part = message[at : at + size]
        flags = (2 if at == 0 else 0) | (1 if at + size >= len(message) else 0)
        head = struct.pack(">BBHIHHI", 0, flags, 16 + len(part), number + len(chunks), 0, 0, 0)
        chunks.append(head + part + b"\0" * (-len(part) % 4))
    return chunks


def ws_frame(payload, opcode=1, last=True, key=b"\x12\x0a\xf0\x55"):
    length = len(payload)
    size = bytes([0x80 | min(length, 126)]) + (struct.pack(">H", length) if length > 125 else b"")
    masked = bytes(b ^ key[i % 4] for i, b in enumerate(payload))
    return bytes([(0x80 if last else 0) | opcode]) + size + key + masked


def hep3(message, src=A, dst=B):
    """As an agent without an id sends it."""
    fields = [
        (1, b"\x02"), (2, b"\x11"), (3, socket.inet_aton(src[0])), (4, socket.inet_aton(dst[0])),
        (7, struct.pack(">H", src[1])), (8, struct.pack(">H", dst[1])),
        (9, struct.pack(">I", 1795225829)), (10, struct.pack(">I", 516444)), (11, b"\x01"),
        (15, message),
    ]  # fmt: skip
    chunks = b"".join(struct.pack(">HHH", 0, type_, 6 + len(v)) + v for type_, v in fields)
    return b"HEP3" + struct.pack(">H", 6 + len(chunks)) + chunks


def checksum(head):
    total = sum(struct.unpack(">10H", head))
    total = (total & 0xFFFF) + (total >> 16)
    return ~(total + (total >> 16)) & 0xFFFF


def ipv4(protocol, payload, src=A[0], dst=B[0], id_=1, offset=0, more=False):
    def head(sum_):
        return struct.pack(
            ">BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), id_, offset // 8 | (0x2000 if more else 0),
            64, protocol, sum_, socket.inet_aton(src), socket.inet_aton(dst),
        )  # fmt: skip
    return head(checksum(head(0))) + payload


def ethernet(packet, *tags):
    frame = b"\xff" * 6 + b"\x02\0\0\0\0\x01"
    frame += b"".join(struct.pack(">HH", tag, 100) for tag in tags)
    return frame + b"\x08\0" + packet


def fragments(protocol, payload, id_, size=1400, **more):
    return [
        ipv4(protocol, payload[at : at + size], id_=id_, offset=at,
             more=at + size < len(payload), **more)
        for at in range(0, len(payload), size)
    ]  # fmt: skip


def udp_frames(messages, *tags, tunnel=False):
    """As a network carries them whose frames take 1500 octets."""
    frames = []
    for id_, (from_a, message) in enumerate(messages):
        (src, sport), (dst, dport) = (A, B) if from_a else (B, A)
        for packet in fragments(17, udp(sport, dport, message), id_, src=src, dst=dst):
            if tunnel:
                packet = ipv4(4, packet, src="10.0.0.1", dst="10.0.0.2")
            frames.append(ethernet(packet, *tags))
    return frames


def tcp_frames(messages, size=600):
    frames = []
    sequence = {True: 1000, False: 0xFFFFFF00}
    for from_a in sequence:
        (src, sport), (dst, dport) = (A, B) if from_a else (B, A)
        frames.append(ethernet(ipv4(6, tcp(sport, dport, sequence[from_a], 2, b""), src, dst)))
        sequence[from_a] += 1
    for from_a, message in messages:
        (src, sport), (dst, dport) = (A, B) if from_a else (B, A)
        for at in range(0, len(message), size):
            part = message[at : at + size]
            packet = tcp(sport, dport, sequence[from_a] & 0xFFFFFFFF, 16, part)
            frames.append(ethernet(ipv4(6, packet, src, dst)))
            sequence[from_a] += len(part)
    return frames


START = 1795225829516444  # microseconds


def times(frames):
    return [(START + 10_000 * i, frame) for i, frame in enumerate(frames)]


def pcap(frames, order="<", nanos=False, link=1):
    out = struct.pack(order + "IHHiIII", 0xA1B23C4D if nanos else 0xA1B2C3D4, 2, 4, 0, 0, 65535, link)
    for at, frame in times(frames):
        part = at % 1_000_000 * (1000 if nanos else 1)
        out += struct.pack(order + "IIII", at // 1_000_000, part, len(frame), len(frame)) + frame
    return out


def block(order, type_, body):
    body += b"\0" * (-len(body) % 4)
    return struct.pack(order + "II", type_, len(body) + 12) + body + struct.pack(
        order + "I", len(body) + 12
    )


def pcapng(frames, order="<", resolutions=(9,), links=(1,)):
    """Interfaces take turns; each tells time in its own units (10 to the minus resolution)."""
    out = block(order, 0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1))
    for resolution, link in zip(resolutions, links):
        option = struct.pack(order + "HHBxxxHH", 9, 1, resolution, 0, 0)
        out += block(order, 1, struct.pack(order + "HHI", link, 0, 65535) + option)
    for i, (at, frame) in enumerate(times(frames)):
        interface = i % len(resolutions)
        stamp = at * 10 ** resolutions[interface] // 10**6
        out += block(
            order, 6,
            struct.pack(order + "IIIII", interface, stamp >> 32, stamp & 0xFFFFFFFF, len(frame),
                        len(frame)) + frame,
        )  # fmt: skip
    return out
