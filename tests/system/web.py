"""The web server as a browser or a program asks it: real sockets, and nothing that hides octets."""

import http.client
import json
import queue
import socket
import threading
import time
from urllib.parse import quote

from conftest import PATIENCE, Inspector, free_port, wait_for
from stored import hep3


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    @property
    def json(self):
        return json.loads(self.body)


class Site:
    """An inspector with its site."""

    def __init__(self, directory, *arguments, pages=None, host="127.0.0.1"):
        if pages:
            arguments += ("--web-pages", str(pages))
        while True:  # the port may be taken between looking and binding
            self.port = free_port()
            try:
                self.inspector = Inspector(directory, "--web", "%s:%d" % (host, self.port), *arguments)
            except AssertionError as failure:
                if "Address already in use" not in str(failure):
                    raise
                continue
            break
        wait_for(self.listens, "the site")
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.address = self.inspector.start_parser()

    def outlive_tests(self):
        """For a fixture of a module: who made it ends it, and no single test."""
        Inspector.started.remove(self.inspector.process)
        return self

    def listens(self):
        with socket.socket() as s:
            return s.connect_ex(("127.0.0.1", self.port)) == 0

    def connection(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)

    def ask(self, method, target, body=None, **headers):
        connection = self.connection()
        try:
            names = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, target, body, names)
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def get(self, target, **headers):
        return self.ask("GET", target, **headers)

    def json(self, target):
        answer = self.get(target)
        assert answer.status == 200, (target, answer.body)
        return answer.json

    def change(self, method, target, body=None, **headers):
        text = None if body is None else json.dumps(body)
        return self.ask(method, target, text, **{"Content_Type": "application/json", **headers})

    def call(self, call_id, form=""):
        return "/api/calls/" + quote(call_id, safe="") + form

    def raw(self, octets, reads=True):
        """What comes back for these octets until the server closes."""
        with socket.create_connection(("127.0.0.1", self.port), PATIENCE) as s:
            s.sendall(octets)
            return b"".join(iter(lambda: s.recv(65536), b"")) if reads else b""

    def send(self, *messages):
        for message in messages:
            self.socket.sendto(hep3(message, time.time_ns() // 1000), self.address)

    def wait_found(self, expression, n):
        target = "/api/search?q=" + quote(expression)
        wait_for(lambda: len(self.json(target)["rows"]) == n, "%d dialogues of %s" % (n, expression))

    def stop(self):
        self.inspector.stop()


class Events:
    """A stream of server-sent events."""

    def __init__(self, site, target="/api/events", **headers):
        self.connection = site.connection()
        self.connection.connect()
        self.socket = self.connection.sock
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        self.connection.request("GET", target, headers=names)
        self.response = self.connection.getresponse()
        assert self.response.status == 200, self.response.read()
        self.events = queue.Queue()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        event = {}
        try:
            for line in self.response:
                line = line.decode().rstrip("\n")
                name, _, value = line.partition(": ")
                if not line and "event" in event:
                    self.events.put((event["event"], event["id"], json.loads(event["data"])))
                if not line:
                    event = {}
                elif name:
                    event[name] = value
        except (OSError, ValueError, AttributeError):
            pass  # the test closed it
        self.events.put(None)

    def next(self):
        return self.events.get(timeout=PATIENCE)

    def close(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.connection.close()
