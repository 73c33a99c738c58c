"""Questions by AMQP, as Kazoo asks them, through a real broker; several inspectors that answer as
one."""

import json
import signal
import subprocess
import time

import pytest

from conftest import PATIENCE, PROGRAM, Inspector, Sender, wait_for
from rabbitmq import Asker, Broker
from recordings import Run, mismatch
from test_recordings import payloads_of, replay
from test_tls import openssl

RUN = Run("kam2_hep3_skew-3.2s")
STREAMS = RUN.streams
CALL = max(RUN.calls, key=lambda call: len({tuple(m["seen"]) for m in call["messages"]}))


@pytest.fixture(scope="module")
def pki(tmp_path_factory):
    """ca.pem vouches for server.pem (localhost) and client.pem; other.pem only for itself."""
    at = tmp_path_factory.mktemp("pki")
    new = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    for name in ("ca", "other"):
        openssl("req", "-x509", *new, "-subj", "/CN=" + name, "-days", "2",
                "-keyout", at / (name + ".key"), "-out", at / (name + ".pem"))  # fmt: skip
    (at / "names").write_text("subjectAltName=DNS:localhost\n")
    for name in ("server", "client"):
        openssl("req", *new, "-subj", "/CN=" + name, "-keyout", at / (name + ".key"),
                "-out", at / "csr")  # fmt: skip
        openssl("x509", "-req", "-in", at / "csr", "-CA", at / "ca.pem", "-CAkey", at / "ca.key",
                "-CAcreateserial", "-days", "2", "-extfile", at / "names",
                "-out", at / (name + ".pem"))  # fmt: skip
    return at


@pytest.fixture(scope="module")
def broker(tmp_path_factory, pki):
    one = Broker(tmp_path_factory.mktemp("rabbitmq") / "node",
                 (pki / "ca.pem", pki / "server.pem", pki / "server.key"))  # fmt: skip
    yield one
    one.close()


@pytest.fixture
def asker(broker):
    one = Asker(broker)
    yield one
    one.close()


class Answering(Inspector):
    """An inspector that answers at a broker."""

    def __init__(self, directory, url, name="one", **settings):
        directory = directory / name
        directory.mkdir()
        self.node = "call_inspector_%s@test" % name
        config = directory / "config.json"
        config.write_text(json.dumps({"amqp": {"url": url, "node": self.node, **settings}}))
        super().__init__(directory, "--config", config)

    def amqp(self):
        status, text = self.ask_directly("amqp_stats")
        assert status == 0, text
        return json.loads(text)

    def wait_amqp(self, condition, what):
        wait_for(lambda: condition(self.amqp()), "%s: %s" % (what, self.amqp()))

    def wait_bound(self):
        self.wait_amqp(lambda stats: stats["bound"], "a queue")
        return self


@pytest.fixture
def start(tmp_path, broker):
    """start(name, ...): an inspector with a queue; start.all(n): that know each other."""
    started = []

    def one(name="one", url=None, **settings):
        started.append(Answering(tmp_path, url or broker.url, name, **settings))
        return started[-1]

    def several(count, **settings):
        for i in range(count):
            one(str(i), **settings)
        for inspector in started:
            inspector.wait_amqp(lambda s: len(s["peers"]) == count - 1, "peers")
        return started

    one.all = several
    yield one
    for inspector in started:
        if inspector.process.poll() is None:
            inspector.stop()


def feed(inspector, stream):
    address = inspector.start_parser()
    sender = Sender(inspector, [address])
    for _, datagram in RUN.datagrams[stream]:
        sender.send(address, datagram)
    sender.settle()


def whole(answer, call=CALL):
    """Every transmission once and in order."""
    why = mismatch(answer["Chunks"], call, payloads_of(RUN))
    return "Missing" not in answer and why is None


TAIL = ["Node", "Msg-ID", "Event-Name", "Event-Category", "App-Version", "App-Name"]


def test_a_lookup_is_answered_as_kazoo_does(start, asker):
    one = start().wait_bound()
    replay(one, RUN)
    body, properties = asker.ask("lookup_req", {"Call-ID": CALL["call_id"]})[0]
    assert list(body) == ["Dialog-Entities", "Analysis", "Chunks", *TAIL]
    details = one.json("inspect_call_id", CALL["call_id"])
    assert body["Chunks"] == one.json("callid_details", CALL["call_id"])
    assert all(chunk["call-id"] == CALL["call_id"] for chunk in body["Chunks"])
    assert body["Dialog-Entities"] == details["dialog_entities"]
    assert body["Analysis"][0]["outcome"] == "answered"
    assert body["Analysis"] == details["analysis"]
    assert {name: body[name] for name in TAIL if name != "Msg-ID"} == {
        "Node": one.node, "Event-Name": "lookup_resp", "Event-Category": "call_inspector",
        "App-Version": "4.0.0", "App-Name": "call_inspector",
    }  # fmt: skip
    assert properties.content_type == "application/json"
    assert abs(properties.timestamp - time.time() * 1e6) < PATIENCE * 1e6


def test_an_unknown_call_has_empty_lists(start, asker):
    start().wait_bound()
    answer = asker.lookup("nobody@nowhere")
    assert (answer["Chunks"], answer["Dialog-Entities"], answer["Analysis"]) == ([], [], [])


def test_a_filter_is_answered_as_kazoo_does(start, asker):
    one = start().wait_bound()
    replay(one, RUN)
    known = [call["call_id"] for call in RUN.calls]
    asked = ["zz", *reversed(known), "a@b"]
    body, _ = asker.ask("filter_req", {"Call-IDs": asked})[0]
    assert list(body) == ["Call-IDs", *TAIL]
    assert body["Call-IDs"] == list(reversed(known))
    assert body["Event-Name"] == "filter_resp"
    assert asker.ask("filter_req", {"Call-IDs": ["zz"]})[0][0]["Call-IDs"] == []


def test_a_process_behind_a_queue_is_named_in_a_header(start, asker):
    start().wait_bound()
    pid = "<0.228.0>"
    _, properties = asker.ask(
        "lookup_req", {"Call-ID": "a"}, server_id="pid://%s/%s" % (pid, asker.queue)
    )[0]
    assert properties.headers == {"Deliver-To-PID": pid}


def test_what_makes_no_sense_is_counted_and_the_next_is_answered(start, asker):
    one = start().wait_bound()
    sound = {"App-Name": "x", "App-Version": "1", "Event-Category": "call_inspector",
             "Event-Name": "lookup_req", "Msg-ID": "1", "Server-ID": "q", "Call-ID": "a"}  # fmt: skip

    def but(**change):
        body = {**sound, **{name.replace("_", "-"): value for name, value in change.items()}}
        return {name: value for name, value in body.items() if value is not None}

    bad = [
        (b"", "not_json"),
        (b"\xff\xfe", "not_json"),
        (b"[" * 100_000, "not_json"),
        (json.dumps(sound).encode()[:-1], "not_json"),
        (but(Event_Category="call"), "no_category"),
        (but(Event_Name=None), "no_event_name"),
        (but(App_Name=None), "no_app"),
        (but(Msg_ID=""), "no_msg_id"),
        (but(Server_ID=None), "no_server_id"),
        (but(Server_ID="pid://x"), "bad_server_id"),
        (but(Call_ID=7), "no_call_id"),
        (but(Event_Name="filter_req"), "no_call_ids"),
        (but(Event_Name="filter_req", Call_IDs=["a"] * 1001), "too_many_call_ids"),
        (but(Event_Name="present"), "no_instance"),
        (but(Event_Name="gather_resp", Instance="i"), "bad_chunks"),
    ]
    wanted = {}
    for body, why in bad:
        asker.publish("call_inspector.lookup", body)
        wanted[why] = wanted.get(why, 0) + 1
    asker.publish("call_inspector.lookup", but(Event_Name="of_another_kind"))
    assert asker.lookup("a")["Chunks"] == []
    one.wait_amqp(
        lambda s: {n: c for n, c in s["malformed"].items() if c} == wanted and s["ignored"] >= 2,
        "malformed messages to be counted",
    )


@pytest.mark.parametrize("streams", [STREAMS, [*STREAMS, STREAMS[0]]], ids=["two", "three"])
def test_inspectors_answer_as_one(start, asker, streams):
    """Each has another observer's part of the call; the third has what the first has."""
    inspectors = start.all(len(streams), gather_ms=20_000)
    for inspector, stream in zip(inspectors, streams):
        feed(inspector, stream)
    for call in RUN.calls:
        answers = asker.ask("lookup_req", {"Call-ID": call["call_id"]}, answers=len(inspectors))
        assert {body["Node"] for body, _ in answers} == {i.node for i in inspectors}
        assert all(whole(body, call) for body, _ in answers)
    for inspector in inspectors:  # and none could alone
        assert not whole({"Chunks": inspector.json("callid_details", CALL["call_id"])})
    known = [call["call_id"] for call in RUN.calls]
    for body, _ in asker.ask("filter_req", {"Call-IDs": known}, answers=len(inspectors)):
        assert body["Call-IDs"] == known and "Missing" not in body
    assert all(i.amqp()["timed_out"] == 0 for i in inspectors)


def test_who_is_missing_is_named_until_everybody_is_back(start, asker):
    """One stopped, one killed, one leaves, one comes."""
    gather_ms = 1_000
    one, two, three = start.all(3, gather_ms=gather_ms)
    feed(one, STREAMS[0])
    feed(two, STREAMS[1])

    def answer_of(inspector):
        msg_id = asker.request("lookup_req", {"Call-ID": CALL["call_id"]})
        found = []

        def there():
            found[:] = [
                b for b, _ in asker.answers if b["Msg-ID"] == msg_id and b["Node"] == inspector.node
            ]
            return found

        asker.until(there, "an answer of " + inspector.node)
        return found[0]

    two.process.send_signal(signal.SIGSTOP)
    answer = answer_of(one)
    assert answer["Missing"] == [two.node]
    *chunks, told = answer["Chunks"]
    assert chunks == one.json("callid_details", CALL["call_id"])
    assert told["label"] == "inspector %s did not answer: its messages are missing" % two.node
    assert (told["event"], told["raw"]) == ("missing", [told["label"]])
    assert told["src"] == told["dst"] == answer["Dialog-Entities"][0]
    again = subprocess.run([PROGRAM, "order"], input=json.dumps(answer["Chunks"]), text=True,
                           capture_output=True, check=True)  # fmt: skip
    assert len(json.loads(again.stdout)) == len(answer["Chunks"])
    two.process.send_signal(signal.SIGCONT)
    asker.until(lambda: whole(answer_of(one)), "a whole answer")

    three.kill()
    assert answer_of(one)["Missing"] == [three.node]
    assert one.amqp()["timed_out"] >= 2

    four = start("4", gather_ms=gather_ms).wait_bound()
    one.wait_amqp(lambda s: four.node in [p["node"] for p in s["peers"]], "a new peer")
    feed(four, STREAMS[1])
    two.stop()  # says goodbye
    one.wait_amqp(lambda s: two.node not in [p["node"] for p in s["peers"]], "a goodbye")
    answer = answer_of(one)
    assert answer.pop("Missing") == [three.node]
    assert answer["Chunks"].pop()["event"] == "missing"
    assert whole(answer)


def test_the_broker_may_be_started_anew(start, broker):
    one, two = start.all(2, gather_ms=20_000)
    feed(one, STREAMS[0])
    feed(two, STREAMS[1])
    broker.stop()
    one.wait_amqp(lambda s: not s["bound"] and "trouble" in s, "the loss to be noticed")
    broker.start()
    for inspector in (one, two):
        inspector.wait_amqp(lambda s: s["bound"] and len(s["peers"]) == 1, "peers")
        assert inspector.amqp()["reconnects"] >= 1
    asker = Asker(broker)
    answers = asker.ask("lookup_req", {"Call-ID": CALL["call_id"]}, answers=2)
    asker.close()
    assert all(whole(body) for body, _ in answers)
    log = one.log.read_text()
    assert "AMQP: connected to 127.0.0.1:%d" % broker.port in log
    assert "guest" not in log


def test_a_broker_by_tls(start, broker, pki, asker):
    url = "amqps://guest:guest@localhost:%d" % broker.tls_port
    start("plain", url, ca=str(pki / "ca.pem")).wait_bound()
    start("client", url, ca=str(pki / "ca.pem"), certificate=str(pki / "client.pem"),
          key=str(pki / "client.key")).wait_bound()  # fmt: skip
    assert len(asker.ask("lookup_req", {"Call-ID": "a"}, answers=2)) == 2


BAD_BROKERS = {
    "a stranger's certificate": ("amqps://guest:guest@localhost:{tls}", {"ca": "other.pem"}, "verification"),
    "a certificate of another name": ("amqps://guest:guest@127.0.0.1:{tls}", {"ca": "ca.pem"}, "hostname"),
    "no CA file": ("amqps://guest:guest@localhost:{tls}", {"ca": "none.pem"}, "CA file"),
    "a wrong password": ("amqp://guest:secret@127.0.0.1:{tcp}", {}, "login"),
    "no such vhost": ("amqp://guest:guest@127.0.0.1:{tcp}/none", {}, "vhost"),
    "nobody there": ("amqp://guest:guest@127.0.0.1:1", {}, "nobody accepts connections"),
}  # fmt: skip


def test_what_is_wrong_with_a_broker_is_told_without_passwords(start, broker, pki):
    inspectors = {}
    for number, (name, (url, files, _)) in enumerate(BAD_BROKERS.items()):
        files = {option: str(pki / file) for option, file in files.items()}
        url = url.format(tls=broker.tls_port, tcp=broker.port)
        inspectors[name] = start(str(number), url, **files)
    for name, inspector in inspectors.items():
        reason = BAD_BROKERS[name][2]
        inspector.wait_amqp(
            lambda s: reason.lower() in s.get("trouble", "").lower(), "%s: %s" % (name, reason)
        )
        assert not inspector.amqp()["bound"]
        log = inspector.log.read_text()
        assert "secret" not in log and "guest" not in log


def test_a_url_that_is_none_is_not_repeated(tmp_path, program):
    done = subprocess.run(
        [program, "run", "--root", tmp_path / "c", "--socket", tmp_path / "s", "--amqp",
         "http://me:secret@127.0.0.1"], capture_output=True, text=True, timeout=PATIENCE,
    )  # fmt: skip
    assert done.returncode == 2
    assert "not an amqp://" in done.stderr and "secret" not in done.stderr


def test_without_a_broker_there_is_nothing_to_tell(inspector):
    answer = inspector.ask("amqp_stats")
    assert answer.returncode == 2
    assert answer.stderr == b"AMQP is not configured\n"
