#!/usr/bin/python3
"""How long call_details of a whole call takes, at the control socket.

    whole_call.py --legs 8 --messages 150

The call's legs name the first one (X-CID); among --others calls of two messages. Prints the median
and the 99th percentile; the goal is 5 ms for 8 legs with 150 messages in all.
"""

import argparse
import pathlib
import shutil
import socket
import sys
import tempfile
import time

from programs import PATIENCE, PORT, Inspector  # and the path to frames

from frames import A, B, hep3

SDP = b"v=0\r\no=- 1 1 IN IP4 10.0.0.9\r\ns=-\r\nc=IN IP4 10.0.0.9\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0 8\r\n"


def message(start, call_id, number, method, headers=b"", body=b"", tag=b""):
    return (
        b"%s\r\nVia: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK%s%d%s\r\nFrom: <sip:a@x>;tag=1\r\n"
        b"To: <sip:b@x>%s\r\nCall-ID: %s\r\nCSeq: %d %s\r\n%sContent-Length: %d\r\n\r\n%s"
    ) % (start, call_id, number, method, tag, call_id, number, method, headers, len(body), body)


def leg(call_id, first, count):
    """A leg that is answered, refreshed again and again, and ended."""
    ties = b"X-CID: %s\r\n" % first if call_id != first else b""
    invite = b"INVITE sip:b@x SIP/2.0"
    made = [
        message(invite, call_id, 1, b"INVITE", ties, SDP),
        message(b"SIP/2.0 180 Ringing", call_id, 1, b"INVITE", tag=b";tag=2"),
        message(b"SIP/2.0 200 OK", call_id, 1, b"INVITE", b"", SDP, b";tag=2"),
        message(b"ACK sip:b@x SIP/2.0", call_id, 1, b"ACK", tag=b";tag=2"),
    ]
    number = 2
    while len(made) < count - 2:
        made.append(message(b"OPTIONS sip:b@x SIP/2.0", call_id, number, b"OPTIONS", tag=b";tag=2"))
        made.append(message(b"SIP/2.0 200 OK", call_id, number, b"OPTIONS", tag=b";tag=2"))
        number += 1
    made.append(message(b"BYE sip:b@x SIP/2.0", call_id, number, b"BYE", tag=b";tag=2"))
    made.append(message(b"SIP/2.0 200 OK", call_id, number, b"BYE", tag=b";tag=2"))
    return made[:count]


def send_all(messages):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for i, one in enumerate(messages):
            ends = (B, A) if one.startswith(b"SIP/2.0") else (A, B)
            sender.sendto(hep3(one, *ends), ("127.0.0.1", PORT))
            if i % 20 == 0:
                time.sleep(0.002)


def wait_for(inspector, legs, messages):
    deadline = time.monotonic() + PATIENCE
    while True:
        told = inspector.json("call_details", "leg0")
        if len(told["legs"]) == legs and len(told["messages"]) == messages:
            return
        if time.monotonic() > deadline:
            raise RuntimeError("%d legs, %d messages" % (len(told["legs"]), len(told["messages"])))
        time.sleep(0.2)


def measure(inspector, times):
    took = []
    for _ in range(times):
        began = time.perf_counter()
        inspector.ask("call_details", "leg0")
        took.append(1000 * (time.perf_counter() - began))
    took.sort()
    return took[len(took) // 2], took[len(took) * 99 // 100]


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--legs", type=int, default=8)
    parser.add_argument("--messages", type=int, default=150)
    parser.add_argument("--others", type=int, default=1000)
    parser.add_argument("--times", type=int, default=300)
    options = parser.parse_args()
    each, more = divmod(options.messages, options.legs)
    call = [leg(b"leg%d" % i, b"leg0", each + (i < more)) for i in range(options.legs)]
    others = [one for i in range(options.others) for one in leg(b"other%d" % i, b"other%d" % i, 2)]
    directory = pathlib.Path(tempfile.mkdtemp(prefix="whole"))
    try:
        with Inspector(directory) as inspector:
            send_all(others)
            send_all([one[i] for i in range(each + 1) for one in call if i < len(one)])
            wait_for(inspector, options.legs, options.messages)
            print("call_details, %d legs, %d messages: p50 %.2f ms, p99 %.2f ms" % (
                options.legs, options.messages, *measure(inspector, options.times)))  # fmt: skip
    finally:
        shutil.rmtree(directory)


if __name__ == "__main__":
    sys.exit(main())
