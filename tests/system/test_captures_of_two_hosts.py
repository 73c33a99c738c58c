"""tcpdump ran on two hosts whose clocks differ by seconds; both files are imported, whichever first."""

import struct

import pytest

from frames import ethernet, ipv4, udp
from hep_decode import sip_of
from recordings import Run, mismatch
from test_recordings import payloads_of

RUN = Run("kam2_hep3_skew-3.2s")
LATENCY_US = 80
CLOCKS = {"p1": 0, "p2": -3_200_000}  # microseconds
FAR = {"p1": 0, "p2": 5 * 3_600_000_000}


def capture(file, stream, clock):
    """As tcpdump on the host of that stream writes it, by the host's clock."""
    host = RUN.manifest["senders"][RUN.streams.index(stream)]["sip_addr"][0].split(":")[1]
    out = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1)
    rows = []
    for call in RUN.calls:
        for message in call["messages"]:
            (src, sport), (dst, dport) = (message[end].rsplit(":", 1) for end in ("src", "dst"))
            if host not in (src, dst):
                continue
            seen_by, datagrams = next(iter(message["seen"].items()))
            payload = sip_of(RUN.datagrams[seen_by][datagrams[0]][1])
            received = LATENCY_US if host == dst else 0
            packet = ipv4(17, udp(int(sport), int(dport), payload), src=src, dst=dst, id_=len(rows) + 1)
            rows.append((message["wire_us"] + received + clock, ethernet(packet)))
    for at, frame in sorted(rows):
        out += struct.pack("<IIII", at // 10**6, at % 10**6, len(frame), len(frame)) + frame
    file.write_bytes(out)
    return len(rows)


@pytest.mark.parametrize("clocks", [CLOCKS, FAR], ids=["seconds apart", "hours apart"])
@pytest.mark.parametrize("first, second", [("p1", "p2"), ("p2", "p1")])
def test_the_order_is_exact_whichever_is_imported_first(inspector, tmp_path, clocks, first, second):
    for stream in (first, second):
        file = tmp_path / (stream + ".pcap")
        count = capture(file, stream, clocks[stream])
        assert inspector.json("import_pcap", file)["stored"] == count > 50
    both = 0
    for call in RUN.calls:
        answer = inspector.json("callid_details", call["call_id"])
        assert mismatch(answer, call, payloads_of(RUN)) is None
        told = inspector.json("inspect_call_id", call["call_id"])
        if all(any(clock["observer"].endswith(s + ".pcap") for clock in told["clocks"]) for s in CLOCKS):
            both += 1
            apart = clocks["p2"] / 1000
            offsets = {c["observer"][-7:-5]: c.get("offset_ms") or 0 for c in told["clocks"]}
            assert offsets["p2"] - offsets["p1"] == pytest.approx(apart, abs=1)
    over_both = [call for call in RUN.calls if call["scenario"] != "register"]
    assert both == len(over_both) > 10


def test_when_a_capture_is_imported_changes_nothing(inspector, tmp_path):
    """An hour or a year later, it is the same: what is stored has the times of the file alone."""
    for stream in CLOCKS:
        capture(tmp_path / (stream + ".pcap"), stream, CLOCKS[stream])
        inspector.json("import_pcap", tmp_path / (stream + ".pcap"))
    for call in RUN.calls:
        wire = [message["wire_us"] / 1e6 for message in call["messages"]]
        for chunk in inspector.json("callid_details", call["call_id"]):
            if "event" in chunk:
                continue
            for time in (chunk["timestamp"], chunk["ref_timestamp"]):
                unix = float(time) - 62167219200
                assert min(wire) - 4 < unix < max(wire) + 4
