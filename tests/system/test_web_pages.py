"""The pages in a real browser: what an operator sees and does (tests/web has the steps)."""

import json
import os
import pathlib
import shutil
import subprocess

import pytest

import web_calls
from conftest import PATIENCE, Inspector, Sender, free_port, wait_for
from monster_ui import MonsterUi
from recordings import Run, records
from web_access import SecureSite, new_password

HOME = pathlib.Path(__file__).parent.parent.parent
MODULES = HOME / "build" / "web"  # `make test-packages` installs what drives the browser
CHROMIUM = shutil.which("chromium")
SAMPLE = "kam2_hep3_skew-3.2s-call-1-14748@127.0.0.1"
THREE = "4e0160fd3f08cd33@127.0.6.17"
NAMES = [
    word
    for host in ("fs1=127.0.0.40", "phone=127.0.6.17", "carrier1=127.0.3.13", "carrier2=127.0.3.14", "pbx=10.0.0.2")
    for word in ("--hosts", host)
]
IMAGES = os.environ.get("CALL_INSPECTOR_IMAGES")

if not CHROMIUM or not shutil.which("node") or not (MODULES / "node_modules").is_dir():
    pytest.skip("no browser, or nothing to drive it: make test-packages", allow_module_level=True)


class Browser:
    def __init__(self):
        self.process = subprocess.Popen(
            ["node", HOME / "tests" / "web" / "driver.mjs"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**os.environ, "MODULES": str(MODULES), "CHROMIUM": CHROMIUM, "PATIENCE": str(PATIENCE)},
        )  # fmt: skip

    def begin(self, name, base, context=None, **args):
        line = json.dumps({"name": name, "base": base, "context": context or {}, "args": args})
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def answer(self):
        line = self.process.stdout.readline()
        assert line, "the browser's driver ended"
        answer = json.loads(line)
        assert "error" not in answer, answer["error"]
        return answer.get("answer")

    def run(self, name, base, context=None, **args):
        self.begin(name, base, context, **args)
        return self.answer()

    def stop(self):
        self.process.stdin.close()
        self.process.wait(PATIENCE)


class Site:
    """An inspector with its pages, and calls of which nothing is removed."""

    def __init__(self, directory, *arguments):
        port = free_port()
        self.base = "http://127.0.0.1:%d" % port
        web = ("--web", "127.0.0.1:%d" % port, "--web-pages", HOME / "priv" / "www")
        self.inspector = Inspector(directory, *web, *arguments)
        Inspector.started.remove(self.inspector.process)  # it outlives a test
        self.address = self.inspector.start_parser()

    def traffic(self):
        return web_calls.Traffic(self.inspector, self.address)

    def wait_for(self, call_id):
        """Until it can be found."""

        def is_there():
            status, text = self.inspector.ask_directly("search", 'call="%s"' % call_id.replace('"', '\\"'))
            return status == 0 and '"call-id"' in text

        wait_for(is_there, call_id)

    def replay(self, datagrams):
        sender = Sender(self.inspector, [self.address])
        sender.sent[self.address] = self.inspector.stats(self.address)["received"]
        for _, datagram in datagrams:
            sender.send(self.address, datagram)
        sender.settle()


@pytest.fixture(scope="module")
def browser():
    one = Browser()
    yield one
    one.stop()


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    one = Site(tmp_path_factory.mktemp("site"), *NAMES)
    one.replay(records((HOME / "priv" / "sample" / "two_observers.bin").read_bytes()))
    run = Run("fs_fail_xcid_skew+0.4s")
    one.replay([(arrival, datagram) for arrival, _, datagram in run.by_arrival()])
    traffic = one.traffic()
    one.eight = web_calls.eight_legs(traffic)
    one.hostile = web_calls.hostile(traffic)
    one.lost = web_calls.lost_and_unseen(traffic)
    one.many = web_calls.many_messages(traffic, 2000)
    traffic.socket.sendto(b"this is no SIP", one.address)
    one.inspector.settle()
    for call_id in (SAMPLE, THREE, one.eight, one.many):
        one.wait_for(call_id)
    yield one
    one.inspector.stop()


@pytest.mark.parametrize("case", ["sample", "compare", "keyboard", "hosts", "files", "link"])
def test_the_sample_call(browser, site, case):
    browser.run(case, site.base, id=SAMPLE)


def test_what_made_a_message_and_what_it_made_light_up(browser, site):
    browser.run("causes", site.base, id=SAMPLE, expected=[[2, [0], [3, 4]], [6, [5], [7]], [11, [10], [12]]])
    browser.run("causes", site.base, id=THREE, expected=[[14, [12], [15, 16]]])


@pytest.mark.parametrize("name, legs", [(THREE, 3), ("eight", 8)])
def test_each_leg_has_its_colour_and_letter(browser, site, name, legs):
    browser.run("legs", site.base, id=site.eight if name == "eight" else name, legs=legs)


def test_a_hostile_call_is_text(browser, site):
    browser.run("hostile", site.base, id=site.hostile)


def test_two_thousand_messages_are_there_at_once(browser, site):
    measured = browser.run("many", site.base, id=site.many, messages=2000)
    assert measured["drawn"] < 1000, measured  # 200 ms where the machine does nothing else


def test_what_was_lost_is_marked(browser, site):
    browser.run("lost", site.base, id=site.lost)


def test_on_paper_all_rows_and_no_buttons(browser, site):
    browser.run("print", site.base, id=SAMPLE, rows=20)


def test_dark_and_light(browser, site):
    browser.run("dark", site.base, {"colorScheme": "dark"}, id=SAMPLE)


def test_what_is_not_there_is_said(browser, site):
    browser.run("unknown", site.base)


def test_the_list_leads_to_the_call(browser, site):
    browser.run("list", site.base, id=SAMPLE)


def test_expressions_are_completed_and_mistakes_told(browser, site):
    browser.run("search", site.base)


def test_a_call_appears_while_somebody_looks(browser, site):
    browser.begin("live", site.base, to="90001")
    assert json.loads(browser.process.stdout.readline()) == {"ready": True}
    web_calls.live_call(site.traffic(), "90001")
    browser.answer()


def test_a_call_that_goes_on_is_told(browser, site):
    traffic = site.traffic()
    leg = web_calls.Leg("goes-on@phone", web_calls.PHONE, web_calls.CALLEE, "1001", "90002")
    traffic.send(*leg.request("INVITE"))
    traffic.settle()
    site.wait_for(leg.call_id)
    browser.begin("goesOn", site.base, id=leg.call_id)
    assert json.loads(browser.process.stdout.readline()) == {"ready": True}
    traffic.send(*leg.response("486 Busy Here"))
    browser.answer()


def test_an_inspector_without_calls_says_where_to_send_them(browser, tmp_path):
    site = Site(tmp_path)
    try:
        browser.run("empty", site.base, address="%s:%d" % site.address)
    finally:
        site.inspector.stop()


def test_a_long_list_has_only_what_is_seen(browser, tmp_path):
    site = Site(tmp_path)
    try:
        traffic = site.traffic()
        web_calls.list_of_calls(traffic, 450)
        site.inspector.settle()
        site.wait_for("list-449@phone")
        browser.run("long", site.base, calls=450)
    finally:
        site.inspector.stop()


@pytest.mark.parametrize("case", ["senders", "parsers"])
def test_senders_and_clocks(browser, site, case):
    browser.run(case, site.base, parser="%s:%d" % site.address, port=free_port())


def test_the_drawing_inside_monster_ui(browser, site, tmp_path):
    monster = MonsterUi(tmp_path, MODULES / "node_modules", site.base)
    try:
        browser.run("monster", monster.base, id=SAMPLE, hostile=site.hostile)
    finally:
        monster.stop()


@pytest.mark.skipif(not IMAGES, reason="make pictures takes them")
def test_pictures(browser, site):
    browser.run("pictures", site.base, directory=IMAGES, three=THREE, eight=site.eight)


def test_a_login_is_asked_for_and_left_again(browser, tmp_path):
    site = SecureSite(tmp_path, pages=HOME / "priv" / "www")
    new_password(site.tokens, "eva", "correct horse battery", "--all")
    call_id = web_calls.live_call(web_calls.Traffic(site.inspector, site.address), "2002")
    site.wait_found("call=" + call_id, 1)
    base, context = "https://127.0.0.1:%d" % site.port, {"ignoreHTTPSErrors": True}
    site.wait_known(site.admin)
    browser.run("login", base, context, id=call_id, token=site.admin)
    browser.run("password", base, context, person="eva", password="correct horse battery")
    site.stop()
