"""A site beyond loopback: TLS, tokens, an access log."""

import http.client
import itertools
import json
import os
import socket
import ssl
import subprocess

from conftest import PATIENCE, PROGRAM, wait_for
from web import Site


def openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


def new_certificate(at, name="site"):
    """at/NAME.pem vouches for itself."""
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=" + name,
            "-addext", "subjectAltName=IP:127.0.0.1,DNS:inspector.example.com", "-days", "2",
            "-keyout", at / (name + ".key"), "-out", at / (name + ".pem"))  # fmt: skip
    return at / (name + ".pem"), at / (name + ".key")


def web_token(*arguments, stdin=""):
    return subprocess.run([PROGRAM, "web-token", *map(str, arguments)], input=stdin, capture_output=True, text=True,
                          timeout=PATIENCE)  # fmt: skip


def new_token(file, name, *arguments):
    """The secret; its line is in the file."""
    done = web_token(name, *arguments, "--append", file)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()[-1]


def new_password(file, name, password, *arguments):
    done = web_token(name, *arguments, "--password", "--append", file, stdin=password + "\n")
    assert done.returncode == 0 and not done.stdout, done.stderr


def replace(file, text):
    """As an editor does it: at once."""
    beside = file.with_suffix(".new")
    beside.write_text(text)
    beside.chmod(0o600)
    os.replace(beside, file)


class SecureSite(Site):
    """On all addresses. Asks with the token of an administrator unless told otherwise."""

    def __init__(self, directory, *arguments, pages=None):
        self.directory = directory
        self.certificate, key = new_certificate(directory)
        self.tokens, self.access_log = directory / "tokens", directory / "access.log"
        self.admin = new_token(self.tokens, "admin", "--all", "--right", "look", "--right", "manage")
        super().__init__(
            directory, *arguments, "--web-certificate", str(self.certificate), "--web-key", str(key),
            "--web-tokens", str(self.tokens), "--web-access-log", str(self.access_log), pages=pages, host="0.0.0.0",
        )  # fmt: skip

    def context(self):
        return ssl.create_default_context(cafile=self.certificate)

    source = "127.0.0.1"  # wrong tries are counted by address

    def connection(self):
        return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=PATIENCE, context=self.context(),
                                           source_address=(self.source, 0))  # fmt: skip

    def ask(self, method, target, body=None, token="admin", **headers):
        if token == "admin":
            token = self.admin
        if token:
            headers["Authorization"] = "Bearer " + token
        return super().ask(method, target, body, **headers)

    def tls(self, source="127.0.0.1"):
        plain = socket.create_connection(("127.0.0.1", self.port), PATIENCE, (source, 0))
        return self.context().wrap_socket(plain, server_hostname="127.0.0.1")

    def raw(self, octets, reads=True):
        with self.tls() as s:
            s.sendall(octets)
            return b"".join(iter(lambda: s.recv(65536), b"")) if reads else b""

    def visits(self, n):
        """The access log, once it has n lines."""

        def lines():
            text = self.access_log.read_text() if self.access_log.exists() else ""
            return text.count("\n") >= n and text.splitlines()

        return [json.loads(line) for line in wait_for(lines, "%d lines of the access log" % n)]

    def wait_known(self, token, status=200):
        """Until the file of tokens was read again. Each try has an address of its own: wrong ones are counted."""
        sources = ("127.0.%d.%d" % (100 + n // 250, 1 + n % 250) for n in itertools.count())

        def is_known():
            self.source = next(sources)
            return self.get("/api/fields", token=token).status == status

        usual = self.source
        wait_for(is_known, "the tokens to be read again")
        self.source = usual


def site_of_module(tmp_path_factory):
    """With a name, a page, and two tokens."""
    pages = tmp_path_factory.mktemp("pages")
    (pages / "index.html").write_text("<!doctype html><p>calls")
    directory = tmp_path_factory.mktemp("secure")
    one = SecureSite(directory, "--web-name", "inspector.example.com", pages=pages).outlive_tests()
    one.looker = new_token(one.tokens, "looker", "--all")
    one.watcher = new_token(one.tokens, "watcher", "--right", "watch")
    return one


def cookie_of(answer):
    return answer.headers["Set-Cookie"].split(";")[0]


def with_authorization(site, value, target="/api/fields", **headers):
    return site.get(target, token=None, Authorization=value, **headers).status
