"""Calls to look at in a browser."""

import socket
import time

from test_whole_calls import CALLEE, PBX, PHONE, Leg, hep3

PROXY, SECOND = "10.0.0.9", "10.0.0.10"
SCRIPT = "<script>window.broken=1</script><img src=x onerror=window.broken=1>"


class Traffic:
    """Sends messages 5 ms apart by their stamps, no faster than the inspector takes them."""

    def __init__(self, inspector, address):
        self.inspector, self.address = inspector, address
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.now = time.time_ns() // 1000 - 60_000_000
        self.sent = inspector.stats(address)["received"]

    def send(self, message, src, dst, captures=(7,), after=5_000):
        self.now += after
        for capture in captures:
            self.socket.sendto(hep3(message, src, dst, self.now, capture), self.address)
            self.sent += 1
        if self.sent % 100 == 0:
            self.settle()

    def settle(self):
        self.inspector.wait_received(self.address, self.sent)


def answered(leg):
    return [leg.request("INVITE"), leg.response("180 Ringing"), leg.response("200 OK"), leg.request("ACK")]


def eight_legs(traffic):
    """A call that was forked to six phones, of which one answered, and recorded."""
    a = Leg("eight-a@phone", PHONE, PBX, "+4930777001", "2001")
    phones = [
        Leg("eight-%s@pbx" % letter, PBX, "10.0.1.%d" % n, "+4930777001", "30%d" % n, "X-CID: eight-a@phone\r\n")
        for n, letter in enumerate("bcdefg", 1)
    ]
    recorder = Leg("eight-h@pbx", PBX, "10.0.2.1", "+4930777001", "recorder", "X-CID: eight-a@phone\r\n")
    traffic.send(*a.request("INVITE"))
    traffic.send(*a.response("100 Trying"))
    for phone in phones:
        traffic.send(*phone.request("INVITE"))
        traffic.send(*phone.response("180 Ringing"))
    traffic.send(*a.response("180 Ringing"))
    traffic.send(*phones[2].response("200 OK"), after=900_000)
    traffic.send(*phones[2].request("ACK"))
    traffic.send(*a.response("200 OK"))
    traffic.send(*a.request("ACK"))
    for phone in phones[:2] + phones[3:]:
        traffic.send(*phone.request("CANCEL"))
        traffic.send(*phone.response("200 OK", "CANCEL"))
        traffic.send(*phone.response("487 Request Terminated"))
        traffic.send(*phone.request("ACK"))
    for message in answered(recorder):
        traffic.send(*message)
    for leg in (a, phones[2], recorder):
        traffic.send(*leg.request("BYE", 2), after=1_500_000 if leg is a else 5_000)
        traffic.send(*leg.response("200 OK", "BYE", 2))
    traffic.settle()
    return "eight-a@phone"


def hostile(traffic):
    """A script in every header, and a character that reverses what follows."""
    call_id = 'hostile"' + SCRIPT

    def message(start, to_tag):
        return (
            "%s\r\nVia: SIP/2.0/UDP %s;branch=z9hG4bKx;x=%s\r\nFrom: \"%s\" <sip:%s@x>;tag=f\r\n"
            "To: \"%s\u202e\" <sip:bob@x>%s\r\n"
            "Call-ID: %s\r\nCSeq: 1 INVITE\r\nContact: <sip:%s@x>\r\nUser-Agent: %s\r\nSubject: %s\r\n%s: %s\r\n"
            "Content-Type: application/sdp\r\nContent-Length: %d\r\n\r\n%s"
            % (start, PHONE, SCRIPT, SCRIPT, "<script>", SCRIPT, to_tag, call_id, SCRIPT, SCRIPT, SCRIPT, SCRIPT, SCRIPT,
               len(body.encode()), body)
        )  # fmt: skip

    body = "v=0\r\no=%s 1 1 IN IP4 x\r\ns=%s\r\nc=IN IP4 10.0.0.1\r\nt=0 0\r\nm=%s 4000 RTP/AVP 0\r\n" % ((SCRIPT,) * 3)
    traffic.send(message("INVITE sip:%s@x SIP/2.0" % SCRIPT, ""), PHONE, PBX)
    traffic.send(message("SIP/2.0 488 " + SCRIPT, ";tag=t"), PBX, PHONE)
    traffic.settle()
    return call_id


def many_messages(traffic, count):
    """A call in which the phone sends digits for a long time."""
    leg = Leg("many@phone", PHONE, PBX, "4444", "5555")
    messages = answered(leg)
    number = 2
    while len(messages) < count:
        messages += [leg.request("INFO", number), leg.response("200 OK", "INFO", number)]
        number += 1
    for message in messages[:count]:
        traffic.send(*message)
    traffic.settle()
    return "many@phone"


def lost_and_unseen(traffic):
    """Over two proxies: the INVITE was lost between them at first, and nobody saw the caller's BYE."""
    leg = Leg("lost@phone", PHONE, PROXY, "6001", "6002")
    first, second, both = (31,), (32,), (31, 32)
    ends = [(PHONE, PROXY, first), (PROXY, SECOND, both), (SECOND, CALLEE, second)]

    def on_hop(message, hop, number):
        text = message[0]
        for proxy in (PROXY, SECOND)[:hop]:
            via = "Via: SIP/2.0/UDP %s;branch=z9hG4bK%s-%d\r\n" % (proxy, proxy, number)
            text = text.replace("Via: ", via + "Via: ", 1)
        return text

    def request(method, number, hops=(0, 1, 2)):
        for hop in hops:
            src, dst, seen = ends[hop]
            traffic.send(on_hop(leg.request(method, number), hop, number), src, dst, seen)

    def response(status, method, number):
        for hop in (2, 1, 0):
            src, dst, seen = ends[hop]
            traffic.send(on_hop(leg.response(status, method, number), hop, number), dst, src, seen)

    request("INVITE", 1, hops=(0,))
    traffic.send(on_hop(leg.request("INVITE", 1), 1, 1), PROXY, SECOND, first)
    traffic.now += 495_000
    request("INVITE", 1, hops=(1, 2))
    response("180 Ringing", "INVITE", 1)
    response("200 OK", "INVITE", 1)
    request("ACK", 1)
    traffic.now += 4_000_000
    request("BYE", 2, hops=(1, 2))
    response("200 OK", "BYE", 2)
    traffic.settle()
    return "lost@phone"


def live_call(traffic, to):
    """One that begins now and is answered."""
    traffic.now = time.time_ns() // 1000
    leg = Leg("live-%s@phone" % to, PHONE, CALLEE, "1001", to)
    for message in answered(leg):
        traffic.send(*message)
    traffic.settle()
    return leg.call_id


def list_of_calls(traffic, count):
    for n in range(count):
        leg = Leg("list-%d@phone" % n, PHONE, CALLEE, "70%d" % n, "80%d" % n)
        traffic.send(*leg.request("INVITE"))
        traffic.send(*leg.response("486 Busy Here"))
    traffic.settle()
