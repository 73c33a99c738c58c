"""A RabbitMQ of the tests' own: its own node name, ports, directories and epmd; and a publisher that
asks as Kazoo does."""

import json
import os
import random
import signal
import subprocess
import time

import pika
import pytest

from conftest import PATIENCE, free_port, wait_for

SERVER = "/usr/lib/rabbitmq/bin/rabbitmq-server"  # the one in PATH would become another user


class Broker:
    """`tls`: (CA, certificate, key) files for a second listener."""

    def __init__(self, directory, tls=None):
        self.directory = directory
        self.port, self.tls_port, self.epmd_port, dist_port = (free_port() for _ in range(4))
        self.log = directory / "log"
        (directory / "home").mkdir(parents=True)
        conf = ["listeners.tcp.1 = 127.0.0.1:%d" % self.port, "heartbeat = 10"]
        if tls:
            ca, certificate, key = tls
            conf += [
                "listeners.ssl.1 = 127.0.0.1:%d" % self.tls_port,
                "ssl_options.cacertfile = %s" % ca,
                "ssl_options.certfile = %s" % certificate,
                "ssl_options.keyfile = %s" % key,
                "ssl_options.verify = verify_peer",
                "ssl_options.fail_if_no_peer_cert = false",
            ]
        (directory / "rabbitmq.conf").write_text("\n".join(conf) + "\n")
        (directory / "plugins").write_text("[].\n")
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(directory / "home"),  # the cookie
            "LANG": "C.UTF-8",
            "ERL_EPMD_PORT": str(self.epmd_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": "ci_%d@localhost" % self.port,
            "RABBITMQ_DIST_PORT": str(dist_port),
            "RABBITMQ_CONF_ENV_FILE": str(directory / "none"),
            "RABBITMQ_CONFIG_FILE": str(directory / "rabbitmq.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(directory / "plugins"),
            "RABBITMQ_MNESIA_BASE": str(directory / "mnesia"),
            "RABBITMQ_LOG_BASE": str(directory / "logs"),
            "RABBITMQ_LOGS": "-",
            "RABBITMQ_PID_FILE": str(directory / "pid"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
        }
        self.epmd = subprocess.Popen(
            ["epmd", "-port", str(self.epmd_port), "-address", "127.0.0.1"], env=self.environment
        )
        self.start()

    @property
    def url(self):
        return "amqp://guest:guest@127.0.0.1:%d" % self.port

    def start(self):
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [SERVER], env=self.environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                start_new_session=True,
            )  # fmt: skip
        wait_for(self.answers, "RabbitMQ: " + self.log.read_text()[-2000:])

    def answers(self):
        assert self.process.poll() is None, self.log.read_text()[-4000:]
        try:
            self.connect().close()
        except (pika.exceptions.AMQPError, OSError):
            return False
        return True

    def connect(self):
        return pika.BlockingConnection(
            pika.ConnectionParameters("127.0.0.1", self.port, socket_timeout=PATIENCE)
        )

    def stop(self):
        self.process.terminate()  # the launcher hands it on to the VM
        self.process.wait(PATIENCE)

    def close(self):
        os.killpg(self.process.pid, signal.SIGKILL)  # nothing of it is needed any more
        self.process.wait()
        self.epmd.kill()
        self.epmd.wait()


class Asker:
    """Kazoo's kz_amqp_worker, as far as an inspector can tell."""

    def __init__(self, broker):
        self.connection = broker.connect()
        self.channel = self.connection.channel()
        for exchange, type_ in (("monitor", "topic"), ("targeted", "direct")):
            self.channel.exchange_declare(exchange, type_, durable=False)
        self.queue = "kzc@localhost-kz_amqp_worker-<0.%d.0>-ee580710" % random.randrange(10**6)
        self.channel.queue_declare(self.queue, auto_delete=True)
        self.channel.queue_bind(self.queue, "targeted", self.queue)
        self.answers = []
        self.channel.basic_consume(self.queue, self.take, auto_ack=True, exclusive=True)

    def take(self, _channel, _method, properties, body):
        self.answers.append((json.loads(body), properties))

    def publish(self, key, body):
        text = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.channel.basic_publish(
            "monitor", key, text,
            pika.BasicProperties(content_type="application/json", timestamp=time.time_ns() // 1000),
        )  # fmt: skip

    def request(self, event, members, server_id=None):
        """Its Msg-ID."""
        msg_id = "%016x" % random.getrandbits(64)
        self.publish(
            "call_inspector." + event.split("_")[0],
            {
                **members,
                "Server-ID": self.queue if server_id is None else server_id,
                "Node": "kzc@localhost",
                "System-Log-ID": msg_id,
                "Msg-ID": msg_id,
                "Event-Name": event,
                "Event-Category": "call_inspector",
                "App-Version": "4.0.0",
                "App-Name": "crossbar",
            },
        )
        return msg_id

    def ask(self, event, members, server_id=None, answers=1):
        """The first answers to one question: (body, properties)."""
        return self.wait(self.request(event, members, server_id), answers)

    def wait(self, msg_id, answers=1):
        def of_it():
            return [answer for answer in self.answers if answer[0]["Msg-ID"] == msg_id]

        self.until(lambda: len(of_it()) >= answers, "an answer to " + msg_id)
        return of_it()

    def lookup(self, call_id, **more):
        return self.ask("lookup_req", {"Call-ID": call_id}, **more)[0][0]

    def until(self, condition, what):
        deadline = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > deadline:
                pytest.fail("gave up waiting for " + what)
            self.connection.process_data_events(time_limit=0.1)

    def close(self):
        self.connection.close()
