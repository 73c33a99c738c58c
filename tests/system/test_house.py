"""The rules of the house (docs/architecture.md) that a machine can check."""

import pathlib
import re
import subprocess
import sys

HOME = pathlib.Path(__file__).parent.parent.parent
SOURCES = sorted((HOME / "c_src").rglob("*.cpp")) + sorted((HOME / "c_src").rglob("*.h"))

# Who may know whom: a room includes its own headers and those of the rooms named here, of which
# one in another is named with it ("order/observe").
OBSERVE, CLOCKS = {"order/observe", "chunk", "sip", "wire"}, {"order/clocks"}
STORE = {"store", "store/calls", "store/journal", "store/disk"}
ROOMS = {
    "wire": set(),
    "os": set(),
    "hep": {"wire"},
    "sip": {"wire"},
    "packets": {"sip", "wire"},
    "packets/synthesis": {"sip", "wire"},
    "logs": {"sip", "wire"},
    "erlang": {"wire"},
    "chunk": {"wire"},
    "order/observe": {"chunk", "sip", "wire"},
    "order/clocks": OBSERVE,
    "order/causality": OBSERVE | CLOCKS,
    "order": OBSERVE | CLOCKS | {"order/causality"},
    "clocks": {"order/observe", "chunk", "os", "wire"},
    "calls": {"order", "order/clocks", "order/observe", "chunk", "sip", "wire"},
    "calls/course": {"calls", "order", "chunk", "sip", "wire"},
    "calls/differences": {"calls/course", "calls", "order", "chunk", "sip", "wire"},
    "calls/findings": {"calls/course", "calls", "order", "chunk", "sip", "wire"},
    "calls/story": {"calls/findings", "calls/course", "calls", "chunk", "sip", "wire"},
    "ladder": {"order", "chunk", "sip", "wire"},
    "amqp": {"calls/findings", "calls/course", "calls", "order", "order/clocks", "order/observe", "chunk", "wire"},
    "broker": {"os"},
    "store/disk": {"chunk", "os", "wire"},
    "store/calls": {"store/disk", "chunk", "os", "wire"},
    "store/journal": {"store/disk", "chunk", "os", "wire"},
    "store": {"store/calls", "store/journal", "store/disk", "chunk", "os", "wire"},
    "index": STORE | {"calls", "chunk", "sip", "os", "wire"},
    "net": {"os", "wire"},
    "intake": {"chunk", "hep", "logs", "packets", "sip", "wire"},
    "sources": {"net", "intake", "chunk", "hep", "logs", "packets", "sip", "os", "wire"},
    "doctor": {"sources", "clocks", "chunk", "hep", "os", "wire"},
    "inspector": STORE | {"index", "calls", "calls/course", "calls/findings", "sources", "intake", "net", "clocks",
                          "order", "order/observe", "chunk", "hep", "logs", "sip", "os", "wire"},
    "commands": STORE | {"inspector", "doctor", "index", "calls", "calls/course", "calls/differences", "calls/findings", "calls/story", "sources", "packets/synthesis", "clocks", "ladder", "order", "order/clocks", "order/observe",
                         "chunk", "sip", "erlang", "amqp", "os", "wire"},
    "fronts": {"commands", "inspector", "amqp", "calls", "order/observe", "erlang", "chunk", "os", "wire"},
    "node": {"commands", "inspector", "erlang", "os", "wire"},
    "web/http": {"chunk", "sip", "wire"},
    "web/access": {"web/http", "calls", "chunk", "sip", "os", "wire"},
    "web": {"web/http", "web/access", "net", "fronts", "commands", "inspector", "index", "calls", "calls/findings", "ladder", "order", "chunk", "sources", "os", "wire"},
    "cli": {"fronts", "node", "web", "web/access", "commands", "inspector", "amqp", "broker", "sources", "net", "store", "erlang", "chunk",
            "sip", "os", "wire"},
}  # fmt: skip
PURE = {"wire", "hep", "sip", "packets", "packets/synthesis", "logs", "erlang", "chunk", "calls", "calls/course", "calls/differences", "calls/findings", "calls/story", "ladder", "amqp", "web/http",
        "intake", "order", "order/observe", "order/clocks", "order/causality"}  # fmt: skip
IMPURE = re.compile(
    r"<(sys/|netinet/|arpa/|unistd|fcntl|poll|thread|mutex|atomic|condition_variable|future|chrono|"
    r"ctime|time\.h|fstream|iostream|filesystem|cstdio|spdlog|boost/asio)"
)


def includes(file):
    return re.findall(r"^#include ([<\"][^>\"]+)", file.read_text(), re.MULTILINE)


def room_of(path):
    return "/".join(path.split("/")[:-1])


def test_rooms_know_only_the_rooms_below():
    for file in SOURCES:
        room = room_of(str(file.relative_to(HOME / "c_src")))
        if room == "":
            continue
        for header in includes(file):
            other = room_of(header[1:])
            if header[0] == '"' or other in ROOMS:
                assert other == room or other in ROOMS[room], "%s includes %s" % (file, header)


def test_pure_rooms_touch_nothing_outside():
    for file in SOURCES:
        if room_of(str(file.relative_to(HOME / "c_src"))) in PURE:
            touched = [h for h in includes(file) if IMPURE.match(h)]
            assert not touched, "%s includes %s" % (file, touched)


def test_tables_have_the_keyed_hash():
    """With std::hash, whose seed all know, who sends chooses where in a table things come to lie."""
    table = re.compile(r"unordered_(?:multi)?(?:map|set)<([^;]*)>\s+\w")
    for file in SOURCES:
        text = file.read_text()
        assert "std::hash" not in text or file.name == "hash.h", file
        for arguments in table.findall(text):
            # Descriptors are the kernel's choice, a 64-bit number here is a hash already; lines'
            # numbers and segments are the store's own.
            ours = ("int,", "std::uint64_t", "Seq", "Segment*", "const Segment*")
            if not arguments.startswith((*ours, "std::shared_ptr<Segment>")):
                assert "Hash" in arguments, "%s: unordered table of %s" % (file, arguments)


def test_rules_that_mutants_remove_are_where_the_tables_say():
    sys.path.insert(0, str(HOME / "tests" / "mutate"))
    import mutate

    for rule in mutate.rules_of([]):
        assert mutate.without(rule) != (HOME / rule["file"]).read_text(), rule["name"]


def test_every_file_of_tests_is_run():
    here = pathlib.Path(__file__).parent
    run = set(re.findall(r"ci_system_test\((\w+) ", (here / "CMakeLists.txt").read_text()))
    assert run == {file.stem.removeprefix("test_") for file in here.glob("test_*.py")}


def test_what_a_mutex_guards_is_said_and_checked():
    """clang checks os/mutex.h; these two guard no member, and are locked by name or by trial."""
    not_checked = ("store/calls/call_files.h", "store/calls/call_files.cpp", "inspector/inspector.h")
    for file in SOURCES:
        name = str(file.relative_to(HOME / "c_src"))
        text = file.read_text()
        if not name.startswith("os/") and name not in not_checked:
            plain = re.search(
                r"std::(\w*mutex|condition_variable\w*|(unique|scoped)_lock|lock_guard)\b", text
            )
            assert not plain, "%s has %s" % (file, plain.group())
        for mutex in re.findall(r"os::Mutex (\w+_);", text) if file.suffix == ".h" else []:
            is_said = "(%s)" % mutex in text or re.search(r"%s; +///<" % mutex, text)
            assert is_said, "%s: what does %s guard?" % (file, mutex)


def test_every_finding_is_documented_and_drawn():
    header = (HOME / "c_src/calls/findings/finding.h").read_text()
    codes = set(re.findall(r"\w+", re.search(r"enum class Code : std::uint8_t \{(.*?)\}", header, re.S)[1]))
    told = set(re.findall(r"^\| `(\w+)` \| (?:error|warning|info)", (HOME / "docs/findings.md").read_text(), re.M))
    drawn = set(re.findall(r"^## (\w+)$", (HOME / "docs/ladders.md").read_text(), re.M))
    assert codes == told == drawn


def test_what_the_doctor_finds_is_documented_and_provoked():
    """docs/doctor.md has the rows of the code's table; a test of the whole program asks for each code."""
    rows = re.findall(r'\{Code::(\w+), "(\w+)", Severity::(\w+)\}', (HOME / "c_src/doctor/codes.cpp").read_text())
    assert rows and all(code == name for code, name, _ in rows)
    told = re.findall(r"^\| `(\w+)` \| (info|warning|error) \|", (HOME / "docs/doctor.md").read_text(), re.MULTILINE)
    assert told == [(name, severity) for _, name, severity in rows]
    assert "in %d kinds of diagnoses" % len(rows) in (HOME / "CHANGELOG.md").read_text()
    tests = "".join(file.read_text() for file in (HOME / "tests/system").glob("test_doctor*.py"))
    cures = (HOME / "c_src/doctor/cures.cpp").read_text()
    for _, name, _ in rows:
        assert '"%s"' % name in tests, "no test provokes %s" % name
        assert "{Code::%s, " % name in cures, "nothing mends %s" % name


def test_the_json_library_and_boost_stay_out_of_most_headers():
    """They cost seconds of compile time wherever they are included."""
    for file in SOURCES:
        if file.suffix == ".h" and file.parent.name not in ("fronts", "node", "web", "cli"):
            heavy = [h for h in includes(file) if h.startswith(("<nlohmann", "<boost"))]
            assert not heavy, "%s includes %s" % (file, heavy)


def test_nothing_names_a_place_outside_the_project():
    tracked = subprocess.run(["git", "ls-files"], cwd=HOME, capture_output=True, text=True)
    for name in tracked.stdout.splitlines():
        if name.startswith("tests/data/") or not (HOME / name).is_file():
            continue
        text = (HOME / name).read_bytes()
        assert b"../" + b"shared" not in text and b"/ro" + b"ot/" not in text, name


def paths_named_in(text):
    """`c_src/a/b.cpp`, and `b.js`, which stands beside the path before it; not `a/NAME`, which is to be made."""
    beside = None
    for name in re.findall(r"`([\w./*]+[\w/*])`", text):
        if name.endswith("/NAME"):
            continue
        if "/" in name and (HOME / name.split("/")[0]).exists():
            beside = HOME / name if (HOME / name).is_dir() else (HOME / name).parent
            yield HOME / name
        elif beside and re.fullmatch(r"\w+\.(cpp|h|js|py|erl)", name):
            yield beside / name


def test_every_file_that_newcomers_are_sent_to_is_there():
    text = (HOME / "CONTRIBUTING.md").read_text()
    answers = text[text.index("## Where is") :]
    named = list(paths_named_in(answers))
    assert len(named) > 40
    for path in named:
        name = str(path.relative_to(HOME))
        assert list(HOME.glob(name)), "CONTRIBUTING.md names %s" % name


def test_every_file_in_the_tables_of_the_architecture_is_there():
    for number, line in enumerate((HOME / "docs/architecture.md").read_text().split("\n"), 1):
        if line.startswith("|"):
            for name in re.findall(r"`([\w/]+/\w+\.(?:cpp|h|erl|js|py))`", line):
                found = any((HOME / below / name).is_file() for below in ("c_src", "priv/www", "."))
                assert found, "docs/architecture.md:%d names %s" % (number, name)
