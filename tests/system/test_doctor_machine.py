"""What is wrong with the machine: each diagnosis is provoked on a real disk, limit, buffer, control group or firewall."""

import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess

import pytest

from conftest import PROGRAM, Inspector, free_port, wait_for
from doctor import examine, found, lines, wait_until_found
from hep_packets import hep3, sip
from test_store_faults import inspector_at, mounted, root_only  # noqa: F401


def started(tmp_path, *launcher):
    return type("Launched", (Inspector,), {"launcher": launcher})(tmp_path)


def fill(directory, left):
    """Fills its disk but for so many octets."""
    about = os.statvfs(directory)
    with (directory / "filler").open("wb") as file:
        file.write(bytes(about.f_bavail * about.f_frsize - left))


def test_without_an_inspector_the_machine_is_looked_at(tmp_path):
    """Exit code 1 as of any command, but the answer is there."""
    answer = subprocess.run([PROGRAM, "--socket", tmp_path / "none", "doctor", "json"], capture_output=True)
    assert (answer.returncode, answer.stderr) == (1, b"")
    report = json.loads(answer.stdout)
    (diagnosis,) = [d for d in report["diagnoses"] if d["code"] == "no_inspector"]
    assert str(tmp_path / "none") in diagnosis["what"]
    assert "no_parser" not in [d["code"] for d in report["diagnoses"]]
    text = subprocess.run([PROGRAM, "--socket", tmp_path / "none", "doctor"], capture_output=True, text=True)
    assert text.returncode == 1 and text.stdout.endswith("only this machine was looked at.\n")
    bad = subprocess.run([PROGRAM, "--socket", tmp_path / "none", "doctor", "x"], capture_output=True)
    assert bad.returncode == 1 and b"silent=SECONDS" in bad.stderr and bad.stdout == b""


@root_only
def test_a_disk_that_is_nearly_full(mounted, tmp_path):  # noqa: F811
    inspector = inspector_at(mounted / "calls", tmp_path)
    assert not found(inspector, "disk_low")
    fill(mounted, 200 << 10)
    (diagnosis,) = found(inspector, "disk_low")
    assert str(mounted / "calls") in diagnosis["what"] and "of 8 MiB" in diagnosis["what"]
    assert '"keep_bytes": "6M"' in lines(diagnosis, "call_inspector")
    (mounted / "filler").unlink()
    assert not found(inspector, "disk_low")
    inspector.stop()


@root_only
def test_a_disk_without_room_for_more_files(mounted, tmp_path):  # noqa: F811
    inspector = inspector_at(mounted / "calls", tmp_path)
    address = inspector.start_parser()
    assert not found(inspector, "inodes_low")
    subprocess.run(["mount", "-o", "remount,nr_inodes=200", mounted], check=True)
    about = os.statvfs(mounted)
    for i in range(about.f_favail - 5):
        (mounted / str(i)).touch()
    (diagnosis,) = found(inspector, "inodes_low")
    assert "room for 5 more files" in diagnosis["what"] and lines(diagnosis, "call_inspector") == ['"keep": "7d"']
    assert address
    inspector.stop()


@root_only
def test_a_store_that_cannot_write(mounted, tmp_path):  # noqa: F811
    inspector = inspector_at(mounted / "calls", tmp_path)
    address = inspector.start_parser()
    assert not found(inspector, "store_trouble")
    fill(mounted, 0)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.sendto(hep3(sip("INFO sip:b@h SIP/2.0")), address)
    (diagnosis,) = wait_until_found(inspector, "store_trouble")
    assert "No space left on device" in diagnosis["what"] and str(mounted) in lines(diagnosis, "shell")[0]
    (mounted / "filler").unlink()
    wait_for(lambda: not found(inspector, "store_trouble"), "the store to write again")
    inspector.stop()


def test_a_process_that_may_have_few_descriptors(tmp_path):
    inspector = started(tmp_path, "prlimit", "--nofile=1024:1024")
    (diagnosis,) = found(inspector, "few_descriptors")
    assert "1024" in diagnosis["what"] and "LimitNOFILE=65536" in lines(diagnosis, "systemd")
    inspector.stop()
    there = tmp_path / "more"
    there.mkdir()
    inspector = started(there, "prlimit", "--nofile=8192:8192")
    assert not found(inspector, "few_descriptors")
    inspector.stop()


@pytest.fixture
def group():
    """A control group of ours that may have 400 MiB: its file of processes."""
    own = dict(line.split(":", 2)[1:] for line in pathlib.Path("/proc/self/cgroup").read_text().split())
    top, name = pathlib.Path("/sys/fs/cgroup"), own.get("memory")
    path = top / "memory" / name.lstrip("/") if name else top / own.get("", "").lstrip("/")
    limit = "memory.limit_in_bytes" if name else "memory.max"
    path = path if path.is_dir() else top / "memory"
    here = path / ("ci_doctor_%d" % os.getpid())
    try:
        here.mkdir()
        (here / limit).write_text(str(400 << 20))
    except OSError as error:
        pytest.skip("cannot make a control group: %s" % error)
    yield here / "cgroup.procs"
    wait_for(lambda: not (here / "cgroup.procs").read_text(), "the group to be empty")
    here.rmdir()


def test_a_control_group_with_little_memory(group, tmp_path):
    inspector = started(tmp_path, "sh", "-c", 'echo $$ > "$0" && exec "$@"', group)
    (diagnosis,) = found(inspector, "little_memory")
    assert "400 MiB" in diagnosis["what"] and "MemoryMax=2G" in lines(diagnosis, "systemd")
    inspector.stop()


def without_privileges(tmp_path):
    """Root may have larger buffers than others."""
    return started(tmp_path, "setpriv", "--bounding-set=-net_admin")


RMEM_MAX = int(pathlib.Path("/proc/sys/net/core/rmem_max").read_text())
small = pytest.mark.skipif(os.geteuid() != 0 or RMEM_MAX >= 8 << 20, reason="buffers are large here")


@small
def test_a_small_buffer(tmp_path):
    inspector = without_privileges(tmp_path)
    inspector.start_parser()
    (diagnosis,) = found(inspector, "small_buffer")
    assert "sysctl -w net.core.rmem_max=67108864" in lines(diagnosis, "shell")
    assert lines(diagnosis, "sysctl") == ["net.core.rmem_max = 67108864"]
    inspector.stop()


@small
def test_packets_that_the_kernel_dropped(tmp_path):
    inspector = without_privileges(tmp_path)
    address = inspector.start_parser()
    packet = hep3(sip("INFO sip:b@h SIP/2.0", body="x" * 20000))
    inspector.process.send_signal(signal.SIGSTOP)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        for _ in range(RMEM_MAX * 2 // len(packet) + 100):
            s.sendto(packet, address)
    inspector.process.send_signal(signal.SIGCONT)
    (diagnosis,) = wait_until_found(inspector, "kernel_drops")
    dropped = inspector.stats(address)["kernel_dropped"]
    assert dropped > 0 and "dropped %d packets" % dropped in diagnosis["what"]
    assert "net.core.rmem_max = 67108864" in lines(diagnosis, "sysctl")
    inspector.stop()


NFT = shutil.which("nft") or shutil.which("nft", path="/usr/sbin")
firewall = pytest.mark.skipif(os.geteuid() != 0 or NFT is None, reason="needs nft, and root to use it")
POLICY = """table inet filter {
  chain input {
    type filter hook input priority 0; policy drop;
    iif lo accept
    ct state established,related accept
    tcp dport { 22, 80-90 } accept
    udp dport 5060 counter accept
  }
}
"""
RULE = """table ip filter {
  chain strangers {
    ip protocol icmp accept
    udp dport 20000-40000 drop
  }
  chain INPUT {
    type filter hook input priority 0; policy accept;
    jump strangers
  }
}
"""
ALLOWED = POLICY.replace("udp dport 5060", "ip saddr 10.0.0.0/8")


def behind(tmp_path, rules):
    """An inspector in a network of its own, whose firewall has these rules."""
    (tmp_path / "rules").write_text(rules)
    inspector = started(tmp_path, "unshare", "--net", "sh", "-c", 'nft -f "$0" && exec "$@"', tmp_path / "rules")
    port = free_port()
    inspector.text("start_hep_parser", "0.0.0.0", str(port))
    return inspector, port


@firewall
@pytest.mark.parametrize("rules, chain, by, ports", [
    (POLICY, "inet filter input", "policy", ["UDP", "TCP"]), (RULE, "ip filter INPUT", "rule", ["UDP"]),
], ids=["policy", "rule"])
def test_a_firewall_that_drops_what_senders_send_and_the_line_that_mends_it(tmp_path, rules, chain, by, ports):
    inspector, port = behind(tmp_path, rules)
    diagnoses = found(inspector, "firewall")
    assert len(diagnoses) == len(ports)
    for diagnosis, protocol in zip(diagnoses, ports):
        assert "chain %s drops what comes to its %s port from elsewhere, by its %s" % (chain, protocol, by) in diagnosis["what"]
        (line,) = lines(diagnosis, "shell")
        assert line == "nft insert rule %s %s dport %d accept" % (chain, protocol.lower(), port)
        subprocess.run(["nsenter", "-t", str(inspector.process.pid), "-n", *line.split()], check=True)
    assert not found(inspector, "firewall"), "the line helps"
    inspector.stop()


@firewall
@pytest.mark.parametrize("rules", [ALLOWED, "table inet t { }\n"], ids=["some", "none"])
def test_a_firewall_that_lets_some_senders_in_is_not_complained_of(tmp_path, rules):
    inspector, _ = behind(tmp_path, rules)
    report = examine(inspector)
    assert not [d for d in report["diagnoses"] if d["code"] == "firewall"]
    assert report["not_looked_at"] == []
    inspector.stop()


@root_only
def test_a_firewall_that_may_not_be_looked_at_is_said_not_to_have_been(tmp_path):
    inspector = without_privileges(tmp_path)
    (one,) = examine(inspector)["not_looked_at"]
    assert one["what"] == "firewall" and one["why"].startswith("nft")
    assert "not looked at, firewall: nft" in inspector.text("doctor")
    inspector.stop()
