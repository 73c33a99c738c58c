"""A real Kamailio whose script logs in Kazoo's words, through a real rsyslogd into a file that real
logrotate rotates, while real calls pass and the inspector is killed."""

import os
import signal
import subprocess
import time

import pytest

from conftest import Inspector, free_port, wait_for
from logs import PROXY, differences, log_stats, positions_in_files
from test_kamailio import listens

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a /dev of its own")
CALLS = 40

RSYSLOG = """
module(load="imuxsock" SysSock.Use="off")
input(type="imuxsock" Socket="{d}/log.sock" CreatePath="on" RateLimit.Interval="0")
global(workDirectory="{d}" maxMessageSize="64k")
action(type="omfile" file="{d}/kamailio.log" template="RSYSLOG_FileFormat")
action(type="omfile" file="{d}/all" template="RSYSLOG_FileFormat")
"""
# libc's syslog() knows /dev/log only; the machine's own stays as it is.
OWN_DEV = """
for n in null zero random urandom; do touch {d}/dev/$n; mount --bind /dev/$n {d}/dev/$n; done
mount --rbind {d}/dev /dev
exec kamailio -f {d}/kamailio.cfg -DD -Y {d} -P {d}/kamailio.pid -m 64 -M 8
"""
# One worker: of two, one may send the 180 on after the other has sent the 200.
PROXY_CONFIG = """
debug=2
log_stderror=no
children=1
disable_tcp=yes
listen=udp:127.0.0.1:{sip}
loadmodule "sl.so"
loadmodule "tm.so"
loadmodule "tmx.so"
loadmodule "pv.so"
loadmodule "xlog.so"
request_route {{
    xlog("L_INFO", "$ci|start|received $proto request $rm $ou\\n");
    xlog("L_INFO", "$ci|log|source $si:$sp -> $Ri:$Rp\\n");
    xlog("L_INFO", "$ci|log|from $fu\\n");
    xlog("L_INFO", "$ci|log|to $tu\\n");
    xlog("L_INFO", "$ci|log|cseq $cs $rm\\n");
    xlog("L_INFO", "$ci|log|originated from external sources\\n");
    $du = "sip:127.0.0.1:{uas}";
    t_on_reply("REPLY");
    t_relay();
}}
onreply_route[REPLY] {{
    xlog("L_INFO", "$ci|start|received internal reply $rs $rr\\n");
    xlog("L_INFO", "$ci|log|source $si:$sp\\n");
    xlog("L_INFO", "$ci|log|cseq $cs $rm\\n");
    xlog("L_INFO", "$ci|pass|$T_req($si):$T_req($sp)\\n");
}}
onsend_route {{
    xlog("L_INFO", "$ci|pass|$sndfrom(ip):$sndfrom(port) -> $sndto(ip):$sndto(port)\\n");
}}
"""
# rsyslogd rests meanwhile where its lines would be lost, as logrotate(8) tells of copytruncate.
ROTATIONS = {
    "create": "create\npostrotate\n  kill -HUP $(cat {d}/rsyslog.pid)\nendscript",
    "copytruncate": "copytruncate",
}


class Rotator:
    def __init__(self, directory, rsyslog, compress):
        self.directory, self.rsyslog, self.count = directory, rsyslog, 0
        for name, words in ROTATIONS.items():
            config = directory / (name + ".rotate")
            config.write_text("%s/kamailio.log {\nrotate 500\nnotifempty\n%s\n%s\n}\n" % (
                directory, compress, words.format(d=directory)))  # fmt: skip
            config.chmod(0o644)

    def rotate(self):
        name = list(ROTATIONS)[self.count % len(ROTATIONS)]
        self.count += 1
        rests = name == "copytruncate"
        if rests:
            self.rsyslog.send_signal(signal.SIGSTOP)
        try:
            subprocess.run(
                ["logrotate", "-f", "-s", self.directory / "rotated", self.directory / (name + ".rotate")],
                check=True, timeout=60,
            )  # fmt: skip
        finally:
            if rests:
                self.rsyslog.send_signal(signal.SIGCONT)


def sipp(*words):
    return subprocess.Popen(
        ["sipp", *words, "-i", "127.0.0.1", "-nostdin"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


@pytest.mark.parametrize("compress", ["nocompress", "compress"])
def test_no_message_is_lost_on_the_way_through_rsyslog_and_logrotate(tmp_path, compress):
    sip, uas, uac = free_port(), free_port(), free_port()
    (tmp_path / "rsyslog.conf").write_text(RSYSLOG.format(d=tmp_path))
    (tmp_path / "kamailio.cfg").write_text(PROXY_CONFIG.format(sip=sip, uas=uas))
    (tmp_path / "dev" / "shm").mkdir(parents=True)
    (tmp_path / "dev" / "log").symlink_to(tmp_path / "log.sock")
    log = tmp_path / "kamailio.log"
    log.touch()
    rsyslog = subprocess.Popen(["rsyslogd", "-n", "-f", tmp_path / "rsyslog.conf", "-i", tmp_path / "rsyslog.pid"])
    processes = [rsyslog]
    try:
        wait_for((tmp_path / "log.sock").exists, "rsyslogd")
        processes.append(subprocess.Popen(["unshare", "--mount", "sh", "-c", OWN_DEV.format(d=tmp_path)]))
        processes.append(sipp("-sn", "uas", "-p", str(uas)))
        wait_for(lambda: listens(sip) and listens(uas), "Kamailio and sipp to listen")
        inspector = Inspector(tmp_path, "--kamailio-log", "%s 127.0.0.1:%d" % (log, sip))
        caller = sipp("-sn", "uac", "-p", str(uac), "-m", str(CALLS), "-r", "10", "-d", "300",
                      "-cid_str", "syslog-%u@x", "-s", "bob", "127.0.0.1:%d" % sip)  # fmt: skip
        processes.append(caller)
        rotator = Rotator(tmp_path, rsyslog, compress)
        while caller.poll() is None:
            rotator.rotate()
            if rotator.count % 5 == 0:
                inspector.kill()
                rotator.rotate()
                inspector.start()
            time.sleep(0.1)  # nothing is waited for: any moment will do
        assert caller.returncode == 0
        processes[1].terminate()
        processes[1].wait(30)
        rsyslog.terminate()  # writes what it has
        rsyslog.wait(30)
        written = (tmp_path / "all").stat().st_size
        wait_for(lambda: log_stats(inspector, log)["log"]["position"] == written
                 and "in_open_records" not in log_stats(inspector, log)["log"]["lines"], "the whole log")  # fmt: skip
        inspector.settle()
        found = positions_in_files(inspector.root)
        inspector.stop()
        # The same lines in one file that nobody rotates.
        (tmp_path / "other").mkdir()
        quiet = Inspector(tmp_path / "other", "--kamailio-log", "%s 127.0.0.1:%d" % (tmp_path / "all", sip))
        wait_for(lambda: "in_open_records" not in log_stats(quiet, tmp_path / "all")["log"]["lines"]
                 and log_stats(quiet, tmp_path / "all")["log"]["position"] == written, "the other log")  # fmt: skip
        quiet.settle()
        assert differences(found, positions_in_files(quiet.root)) == {}
        calls = [call for call in found if call.startswith("syslog-")]
        # INVITE, 180, 200, ACK, BYE and 200, each received and sent on.
        assert len(calls) == CALLS and all(len(found[call]) >= 12 for call in calls)
        assert rotator.count > 5
        quiet.stop()
    finally:
        for process in processes:
            process.kill()
            process.wait(30)
