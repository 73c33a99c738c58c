"""Scenarios for sipp: what one side of a call does, step by step."""

import subprocess

OFFER = "v=0\no=- 1 1 IN IP4 {media}\ns=-\nc=IN IP4 {media}\nt=0 0\nm=audio 6000 RTP/AVP 8 0 101\n" \
    "a=rtpmap:101 telephone-event/8000"
ANSWER = OFFER.replace("8 0 101", "8 101")


def request(method, number=1, to_tag=True, extra="", body="", max_forwards=70, branch="[branch]"):
    """Of the caller."""
    head = [
        "%s sip:bob@[remote_ip]:[remote_port] SIP/2.0" % method,
        "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=%s" % branch,
        "From: <sip:alice@[local_ip]:[local_port]>;tag=a[call_number]",
        "To: <sip:bob@[remote_ip]:[remote_port]>" + ("[peer_tag_param]" if to_tag else ""),
        "Call-ID: [call_id]",
        "CSeq: %d %s" % (number, method),
        "Contact: <sip:alice@[local_ip]:[local_port]>",
        "Max-Forwards: %d" % max_forwards,
    ]
    return message(head, extra, body)


def invite(media="[local_ip]", **more):
    more.setdefault("body", OFFER.format(media=media))
    return request("INVITE", to_tag=False, **more)


def response(status, reason, extra="", body="", c_seq="[last_CSeq:]"):
    """Of the callee, to the request that came last; `c_seq` names another one."""
    head = ["SIP/2.0 %d %s" % (status, reason), "[last_Via:]", "[last_From:]",
            "[last_To:]" if status == 100 else "[last_To:];tag=b[call_number]",
            "[last_Call-ID:]", c_seq, "Contact: <sip:bob@[local_ip]:[local_port]>"]
    return message(head, extra, body)


def in_dialog(status, reason):
    """Of the callee, to a request that has a To tag."""
    head = ["SIP/2.0 %d %s" % (status, reason), "[last_Via:]", "[last_From:]", "[last_To:]",
            "[last_Call-ID:]", "[last_CSeq:]"]
    return message(head, "", "")


def message(head, extra, body):
    lines = [*head, *([extra] if extra else [])]
    lines += ["Content-Type: application/sdp"] if body.startswith("v=") else []
    return "\n".join([*lines, "Content-Length: [len]", "", *([body] if body else [])]) + "\n"


def send(text, again=False):
    """`again`: until an answer comes, as over UDP."""
    return "<send%s><![CDATA[\n%s\n]]></send>" % (' retrans="500"' if again else "", text)


def gets(what, optional=False, more=""):
    """A request by its method, a response by its status."""
    return '<recv %s="%s"%s%s></recv>' % (
        "response" if str(what).isdigit() else "request", what, ' optional="true"' if optional else "", more)


def pause(milliseconds):
    return '<pause milliseconds="%d"/>' % milliseconds


def start(directory, name, steps, *arguments):
    """One call (or one side of it) of this scenario."""
    path = directory / (name + ".xml")
    path.write_text('<?xml version="1.0" encoding="ISO-8859-1" ?>\n<scenario name="%s">\n%s\n</scenario>\n'
                    % (name, "\n".join(steps)))
    log = (directory / (name + ".log")).open("w")
    return subprocess.Popen(["sipp", "-sf", path, "-nostdin", "-m", "1", *arguments], cwd=directory,
                            stdout=log, stderr=log)


# What both sides of an ordinary call do.
CALLED = [gets("INVITE"), send(response(180, "Ringing"))]
ACCEPTS = [send(response(200, "OK", body=ANSWER.format(media="[local_ip]")), again=True)]
ENDS = [gets("BYE"), send(in_dialog(200, "OK"))]
CALLS = [send(invite(), again=True), gets(100, optional=True), gets(180)]
TAKES = [gets(200), send(request("ACK"))]
HANGS_UP = [send(request("BYE", 2), again=True), gets(200)]
