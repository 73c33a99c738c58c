#!/usr/bin/python3
"""Writes docs/ladders.md: a simulated call for each finding, drawn by the real program.

    ladders.py [--program build/release/call_inspector] > docs/ladders.md

Of the ways in which a finding arises the call with the fewest messages is taken of which it is told first. It reaches
the program as a capture of what the hosts' agents sent.
"""
import argparse
import json
import os
import random
import socket
import struct
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'system'))
from failures import Judgement, WAYS, analyzed, make  # noqa: E402
from sip import GREGORIAN  # noqa: E402
from world import Proxy  # noqa: E402

SEEDS = range(12)
COLLECTOR = '192.0.2.250'
HEAD = """# A ladder for each finding

Calls of the simulator (`tests/bench/truth/failures.py`), drawn by `call_inspector ladder`. What each finding means and
when it is told: [findings.md](findings.md#all-findings). Made by `tests/bench/truth/ladders.py`.
"""


def hep(chunk, agent):
    """HEP 3, as the agent at a host sends it."""
    micros = round((chunk['timestamp'] - GREGORIAN) * 1e6)
    raw = list(chunk['raw'])
    call, _, leg = chunk['call-id'].partition('/')
    if leg and raw[0].startswith('INVITE'):   # the switch says whose other leg it is
        raw.insert(1, f'X-CID: {call}')
    payload = ('\r\n'.join(raw) + '\r\n' * chunk['crlfs']).encode()
    src, dst = (end.rsplit(':', 1) for end in (chunk['src'], chunk['dst']))
    fields = ((1, b'\2'), (2, b'\21'), (3, socket.inet_aton(src[0])), (4, socket.inet_aton(dst[0])),
              (7, struct.pack('>H', int(src[1]))), (8, struct.pack('>H', int(dst[1]))),
              (9, struct.pack('>I', micros // 10 ** 6)), (10, struct.pack('>I', micros % 10 ** 6)), (11, b'\1'),
              (12, struct.pack('>I', agent)), (15, payload))
    body = b''.join(struct.pack('>HHH', 0, kind, 6 + len(value)) + value for kind, value in fields)
    return b'HEP3' + struct.pack('>H', 6 + len(body)) + body


def frame(chunk, packet):
    """The datagram to the collector, in a capture file of raw IP."""
    micros = round((float(chunk['ref_timestamp']) - GREGORIAN) * 1e6)
    udp = struct.pack('>HHHH', 9061, 9060, 8 + len(packet), 0) + packet
    ip = struct.pack('>BBHHHBBH4s4s', 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0,
                     socket.inet_aton(chunk['parser'].split(':')[0]), socket.inet_aton(COLLECTOR))
    return struct.pack('<IIII', micros // 10 ** 6, micros % 10 ** 6, len(ip + udp), len(ip + udp)) + ip + udp


def capture(chunks):
    agents = {}
    return struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 262144, 101) + b''.join(
        frame(one, hep(one, agents.setdefault(one['parser'], 101 + len(agents)))) for one in chunks)


def names_of(case):
    """By host: what it is in this call."""
    names, counts = {}, {}
    for host in case.hosts:
        shares = any(h.of is host and h is not host for h in host.world.hosts)
        kind = 'proxy' if isinstance(host, Proxy) else 'switch' if shares else (
            'caller' if host.goes_ahead else 'callee')
        counts[kind] = counts.get(kind, 0) + 1
        names[kind + (str(counts[kind]) if counts[kind] > 1 else '')] = [host.endpoint.split(':')[0]]
    return names


def smallest(program, code):
    played = [make(code, way, seed, ('none',)) for way in WAYS[code] for seed in SEEDS]
    right = [(len(one.truth.times), i, one) for i, (one, analysis) in
             enumerate(zip(played, analyzed(program, [one.chunks for one in played])))
             if analysis['findings'] and analysis['findings'][0]['code'] == code
             and Judgement(code, one, analysis).host]
    right = [one for one in right if one[2].flaw in ('none', 'set in the call', 'offset seconds far', 'offset seconds')
             and all('raw' in c and 'timestamp' in c for c in one[2].chunks)]
    return min(right)[2] if right else None


def drawn(program, one):
    """The ladder of the call, by a running program."""
    os.environ['CALL_INSPECTOR_PROGRAM'] = os.path.abspath(program)
    from conftest import Inspector, wait_for
    import pathlib
    with tempfile.TemporaryDirectory() as directory:
        place = pathlib.Path(directory)
        (place / 'config.json').write_text(json.dumps({'hosts': names_of(one.case)}))
        (place / 'call.pcap').write_bytes(capture(one.chunks))
        inspector = Inspector(place, '--config', str(place / 'config.json'))
        try:
            inspector.ask('import_pcap', str(place / 'call.pcap'), 'hep')
            inspector.settle()
            call, legs = one.chunks[0]['call-id'].split('/')[0], {c['call-id'] for c in one.chunks}

            def whole():   # once the index knows all legs
                text = inspector.text('ladder', call, '110').rstrip()
                last = chr(ord('A') + len(legs) - 1)
                return text if len(legs) == 1 or f'\n{last}  ' in text else ''
            text = wait_for(whole, 'all legs of the call')
            return text.replace(str(place / 'call.pcap'), 'collector.pcap')
        finally:
            inspector.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--program', default='build/release/call_inspector')
    parser.add_argument('--code', action='append', choices=sorted(WAYS))
    options = parser.parse_args()
    random.seed(1)
    print(HEAD)
    for code in sorted(options.code or WAYS):
        one = smallest(options.program, code)
        if one is None:
            sys.exit(f'{code}: no call of which it is told first')
        print(f'## {code}\n\n```\n{drawn(options.program, one)}\n```\n')


if __name__ == '__main__':
    main()
