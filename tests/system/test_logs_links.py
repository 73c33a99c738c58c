"""Logs that have several names: links to a log, and links that are moved from file to file."""

import os
import subprocess

import pytest

from logs import PROXY, Writer, log_stats, start_log
from conftest import wait_for
from test_logs import expected_in_the_end


def test_one_log_is_not_read_by_two_names(inspector, tmp_path, rng):
    writer = Writer(tmp_path / "kamailio.log", rng)
    writer.append(50)
    writer.finish()
    (tmp_path / "link").symlink_to(writer.path)
    os.link(writer.path, tmp_path / "hard")
    start_log(inspector, tmp_path / "link")
    for name in ("kamailio.log", "hard"):
        answer = inspector.ask("start_kamailio_parser", str(tmp_path / name), *PROXY)
        assert answer.returncode == 2
        assert b"is read already by the name %s" % bytes(tmp_path / "link") in answer.stdout + answer.stderr
    expected_in_the_end(inspector, writer)


class Dated(Writer):
    """Writes to files named by the day; a link stands for the newest one."""

    def __init__(self, link, directory, rng):
        self.link, self.directory, self.day = link, directory, 0
        super().__init__(self.newest(), rng)
        link.symlink_to(self.path)

    def newest(self):
        return self.directory / ("kamailio-202611%02d.log" % self.day)

    def rotate(self):
        self.end_line()
        self.file.close()
        self.day += 1
        self.file = self.newest().open("ab", buffering=0)
        moved = self.link.with_name("new link")
        moved.symlink_to(self.newest())
        moved.rename(self.link)


@pytest.mark.parametrize("directory", [".", "elsewhere"])
def test_a_link_that_is_moved_to_the_next_file(inspector, tmp_path, rng, directory):
    (tmp_path / directory).mkdir(exist_ok=True)
    link = tmp_path / "kamailio.log"
    writer = Dated(link, tmp_path / directory, rng)
    start_log(inspector, link)
    for _ in range(3):
        writer.append(200)
        wait_for(lambda: log_stats(inspector, link)["log"]["unread"] == 0, "the log to be read")
        writer.rotate()
    writer.append(100)
    writer.finish()
    expected_in_the_end(inspector, writer)


def test_a_link_that_moves_several_times_unseen(inspector, tmp_path, rng):
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "current"
    writer = Dated(link, tmp_path / "elsewhere", rng)
    (tmp_path / "elsewhere" / "other-20261100.log").write_text("of another program\n")
    writer.append(200)
    start_log(inspector, link)
    wait_for(lambda: log_stats(inspector, link)["log"]["unread"] == 0, "the log to be read")
    inspector.stop()
    for _ in range(4):
        writer.append(100)
        writer.rotate()
    writer.append(100)
    writer.finish()
    inspector.start()
    start_log(inspector, link)
    expected_in_the_end(inspector, writer)


@pytest.mark.parametrize("program", ["xz", "bzip2"])
def test_a_rotation_that_was_packed_by_another_program_is_named(inspector, tmp_path, rng, program):
    writer = Writer(tmp_path / "kamailio.log", rng)
    writer.append(50)
    start_log(inspector, writer.path)
    wait_for(lambda: log_stats(inspector, writer.path)["log"]["unread"] == 0, "the log to be read")
    inspector.stop()
    writer.rename()
    subprocess.run([program, writer.rotated()], check=True)
    writer.append(50)
    writer.finish()
    inspector.start()
    start_log(inspector, writer.path)
    packed = str(writer.rotated()) + {"xz": ".xz", "bzip2": ".bz2"}[program]
    line = "%s is packed by %s, which is not read here" % (packed, program)
    wait_for(lambda: line in inspector.log.read_text(), "a line that tells of it")


def test_a_log_behind_a_link_is_rotated_where_it_is(inspector, tmp_path, rng):
    (tmp_path / "elsewhere").mkdir()
    writer = Writer(tmp_path / "elsewhere" / "proxy.log", rng)
    link = tmp_path / "kamailio.log"
    link.symlink_to(writer.path)
    writer.append(200)
    start_log(inspector, link)
    wait_for(lambda: log_stats(inspector, link)["log"]["unread"] == 0, "the log to be read")
    inspector.stop()
    for _ in range(3):
        writer.append(200)
        writer.rename()
    writer.append(100)
    writer.finish()
    inspector.start()
    start_log(inspector, link)
    expected_in_the_end(inspector, writer)
