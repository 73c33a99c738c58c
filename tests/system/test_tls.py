"""HEP over TLS, with certificates of the test's own making and Python's TLS on the other end."""

import json
import socket
import ssl
import subprocess
import warnings

import pytest

from conftest import PATIENCE, Inspector, free_port
from recordings import Run, mismatch
from test_recordings import payloads_of
from test_transports import connections, packets, pieces


def openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


@pytest.fixture(scope="module")
def pki(tmp_path_factory):
    """ca.pem vouches for server.pem and client.pem; other.pem vouches for itself."""
    at = tmp_path_factory.mktemp("pki")
    for name in ("ca", "other"):
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-subj", "/CN=" + name, "-days", "2",
                "-keyout", at / (name + ".key"), "-out", at / (name + ".pem"))  # fmt: skip
    (at / "names").write_text("subjectAltName=IP:127.0.0.1\n")
    for name in ("server", "client"):
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-subj", "/CN=" + name, "-keyout", at / (name + ".key"), "-out", at / "csr")  # fmt: skip
        openssl("x509", "-req", "-in", at / "csr", "-CA", at / "ca.pem", "-CAkey", at / "ca.key",
                "-CAcreateserial", "-days", "2", "-extfile", at / "names",
                "-out", at / (name + ".pem"))  # fmt: skip
    return at


@pytest.fixture
def start(tmp_path):
    started = []

    def start(*arguments):
        started.append(Inspector(tmp_path, *arguments))
        return started[-1]

    yield start
    for inspector in started:
        inspector.stop()


def certificate(pki):
    return "--tls-certificate", pki / "server.pem", "--tls-key", pki / "server.key"


def start_tls(inspector):
    """The address of a TLS parser; stats() and connections() take its host as `tls:127.0.0.1`."""
    port = free_port()
    started = inspector.text("start_hep_parser", "tls:127.0.0.1", str(port))
    assert started == "started 'tls:127.0.0.1:%d'\n" % port
    return "tls:127.0.0.1", port


def client(pki, name=None, version=None):
    context = ssl.create_default_context(cafile=pki / "ca.pem")
    if name:
        context.load_cert_chain(pki / (name + ".pem"), pki / (name + ".key"))
    if version:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # old versions are what is tested
            context.minimum_version = version
            context.maximum_version = version
            context.set_ciphers("ALL:@SECLEVEL=0")
    return context


def connect(address, context):
    plain = socket.create_connection(("127.0.0.1", address[1]), timeout=PATIENCE)
    return context.wrap_socket(plain, server_hostname="127.0.0.1")


def is_refused(address, context):
    """A TLS 1.3 client learns only by reading that its certificate was not taken."""
    try:
        with connect(address, context) as s:
            return s.recv(1) == b""
    except (ssl.SSLError, ConnectionError):
        return True


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_every_transmission_once_and_in_order_over_tls(start, pki, rng, version):
    inspector = start(*certificate(pki))
    run = Run("kam2_hep3_skew-3.2s")
    for datagrams in run.datagrams.values():
        address = start_tls(inspector)
        with connect(address, client(pki, version=version)) as s:
            for piece in pieces(rng, b"".join(d for _, d in datagrams)):
                s.sendall(piece)
        assert inspector.wait_received(address, len(datagrams))["stored"] == len(datagrams)
        closed = connections(inspector, address, lambda c: c["open"] == 0)
        assert closed == {"open": 0, "accepted": 1, "failed": {}}
    for call in run.calls:
        answer = inspector.json("callid_details", call["call_id"])
        assert mismatch(answer, call, payloads_of(run)) is None
    assert answer[0]["parser"].startswith("tls:127.0.0.1:")


def test_only_clients_with_a_trusted_certificate_where_that_is_asked(start, pki):
    inspector = start(*certificate(pki), "--tls-client-ca", pki / "ca.pem")
    address = start_tls(inspector)
    one = packets()[0]
    for context in (client(pki), client(pki, "other")):
        assert is_refused(address, context)
    with connect(address, client(pki, "client")) as s:
        s.sendall(one)
        inspector.wait_received(address, 1)
    done = connections(inspector, address, lambda c: c["open"] == 0)
    assert done["failed"] == {"tls_handshake_failed": 2}


def test_what_is_no_tls_or_an_old_one_is_closed_and_counted(start, pki):
    inspector = start(*certificate(pki))
    address = start_tls(inspector)
    for junk in (packets()[0], b"GET / HTTP/1.0\r\n\r\n", b"\x16\x03\x01\xff\xff" + b"x" * 100):
        with socket.create_connection(("127.0.0.1", address[1]), timeout=PATIENCE) as s:
            s.sendall(junk)
            try:
                while s.recv(100):
                    pass  # an alert
            except ConnectionResetError:
                pass
    assert is_refused(address, client(pki, version=ssl.TLSVersion.TLSv1_1))
    done = connections(inspector, address, lambda c: c["open"] == 0)
    assert done["failed"] == {"tls_handshake_failed": 4}
    assert inspector.stats(address)["received"] == 0


def test_a_client_that_does_not_end_its_handshake_is_put_out_and_holds_nobody(start, pki):
    inspector = start(*certificate(pki))
    address = start_tls(inspector)
    mute = socket.create_connection(("127.0.0.1", address[1]), timeout=PATIENCE)
    with connect(address, client(pki)) as s:
        s.sendall(packets()[0])
        inspector.wait_received(address, 1)
        assert mute.recv(1) == b""
        left = connections(inspector, address, lambda c: c["open"] == 1)
        assert left["failed"] == {"tls_handshake_slow": 1}
        s.sendall(packets()[1])  # who has done it may stay
        inspector.wait_received(address, 2)


def test_the_configuration_file_names_the_certificate(start, pki, tmp_path):
    port = free_port()
    config = tmp_path / "config.json"
    config.write_text(json.dumps({
        "tls": {"certificate": str(pki / "server.pem"), "key": str(pki / "server.key"),
                "nonsense": 1},
        "startup_parsers": {"secret": {"type": "hep", "ip": "tls:127.0.0.1", "port": port}},
    }))  # fmt: skip
    inspector = start("--config", config, "--hep", "tls:127.0.0.2:%d" % port)
    expected = "'tls:127.0.0.2:%d'\n'tls:127.0.0.1:%d'\n" % (port, port)
    assert inspector.text("list_active_parsers") == expected
    assert "tls: nonsense: unknown" in inspector.log.read_text()
    with connect(("", port), client(pki)) as s:
        s.sendall(packets()[0])
        inspector.wait_received(("tls:127.0.0.1", port), 1)
    inspector.text("stop_active_parser", "tls:127.0.0.1:%d" % port)


def test_without_a_usable_certificate_the_error_says_so(start, pki, tmp_path):
    (tmp_path / "bad.pem").write_text("no certificate")
    port = str(free_port())
    cases = [
        ((), "TLS needs a certificate and a key, and none are configured"),
        (("--tls-certificate", tmp_path / "none.pem", "--tls-key", pki / "server.key"),
         "TLS: cannot use certificate %s/none.pem: No such file or directory" % tmp_path),
        (("--tls-certificate", tmp_path / "bad.pem", "--tls-key", pki / "server.key"),
         "TLS: cannot use certificate %s/bad.pem: no start line" % tmp_path),
        (("--tls-certificate", pki / "server.pem", "--tls-key", pki / "client.key"),
         "TLS: cannot use key %s/client.key: key values mismatch" % pki),
        ((*certificate(pki), "--tls-client-ca", tmp_path / "none.pem"),
         "TLS: cannot use client CA %s/none.pem: No such file or directory" % tmp_path),
    ]  # fmt: skip
    for arguments, why in cases:
        inspector = start(*arguments)
        answer = inspector.ask("start_hep_parser", "tls:127.0.0.1", port)
        assert answer.returncode == 2
        text = answer.stderr.decode()
        assert text.startswith("failed to start parser: " + why)
        assert text.endswith(" (tls:127.0.0.1:%s)\n" % port) and text.count("\n") == 1
        inspector.stop()
