"""The programs of a load run: the inspector, which is asked over its own socket, and the sender."""

import concurrent.futures
import contextlib
import json
import os
import pathlib
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "system"))
import control  # noqa: E402

BUILD = pathlib.Path(__file__).resolve().parents[3] / "build" / "release"
PROGRAM = BUILD / "call_inspector"
SENDER = BUILD / "tests" / "bench" / "load_sender"
BASELINE = BUILD / "tests" / "bench" / "load_baseline"
PORT = 29060
PATIENCE = 60  # seconds that one answer may take


def cpu_seconds(pid):
    fields = pathlib.Path("/proc/%d/stat" % pid).read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_mb(pid):
    """The most that it ever had."""
    for line in pathlib.Path("/proc/%d/status" % pid).read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) // 1024
    return 0


class Inspector:
    def __init__(self, directory, *options):
        self.socket = directory / "control"
        self.log = directory / "log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [PROGRAM, "run", "--root", directory / "calls", "--socket", self.socket,
                 "--hep", "127.0.0.1:%d" % PORT, *options],
                stderr=log,
            )  # fmt: skip
        try:
            self._wait_for_start()
        except BaseException:
            self.stop()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def _wait_for_start(self):
        while True:
            try:
                return self.ask("list_active_parsers")
            except (FileNotFoundError, ConnectionRefusedError):  # it does not listen yet
                if self.process.poll() is not None:
                    raise RuntimeError("no inspector: " + self.log.read_text()) from None
                time.sleep(0.05)

    def ask(self, *words):
        """What a command that must succeed answers."""
        status, text = control.ask(self.socket, words, PATIENCE)
        if status != 0:
            raise RuntimeError("%s: %s" % (words[0], text.decode()))
        return text

    def json(self, *words):
        return json.loads(self.ask(*words))

    def store(self):
        return self.json("store_stats")

    def parser(self):
        return self.json("parser_stats")[0]

    def cpu_seconds(self):
        return cpu_seconds(self.process.pid)

    def memory_mb(self):
        return memory_mb(self.process.pid)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()


class Sender:
    """One process for all that is sent to an inspector: nothing is loaded between two orders."""

    def __init__(self):
        self.sent = 0  # by all orders that are done
        self._process = subprocess.Popen(
            [SENDER, str(PORT)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._reader = concurrent.futures.ThreadPoolExecutor(1)

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind is not None:
            self._process.kill()  # it may be in the middle of an order that nobody waits for
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        self._process.wait()
        self._reader.shutdown()
        self._process.stdout.close()

    def start(self, rate, seconds, calls, names=0, take=None):
        """A future of the result. `take` is called in another thread with each call that is named:
        its Call-ID, how many messages it has, and how many of all were sent by then."""
        try:
            print(rate, seconds, calls, names, file=self._process.stdin, flush=True)
        except BrokenPipeError:
            raise self._ended() from None
        return self._reader.submit(self._result, take)

    def send(self, rate, seconds, calls):
        return self.start(rate, seconds, calls).result()

    def _result(self, take):
        for line in self._process.stdout:
            if line.startswith("{"):
                result = json.loads(line)
                self.sent += result["sent"]
                return result
            call_id, messages, sent = line.split()
            take(call_id, int(messages), int(sent))
        raise self._ended()

    @staticmethod
    def _ended():
        return RuntimeError("%s has ended; is it built from these sources?" % SENDER.name)
