"""A stand-in of the web server that serves Monster UI, and of Crossbar behind it."""

import http.server
import mimetypes
import pathlib
import subprocess
import threading
import urllib.error
import urllib.request

HOME = pathlib.Path(__file__).parent.parent.parent
STAND_IN = HOME / "tests" / "web" / "monster"


class MonsterUi:
    """@param crossbar: where `/v2/...` is answered"""

    def __init__(self, directory, modules, crossbar):
        apps = directory / "apps"
        apps.mkdir()
        subprocess.run([HOME / "priv" / "monster-ui" / "install.sh", apps], check=True, capture_output=True)
        libraries = {
            "/lib/require.js": modules / "requirejs" / "require.js",
            "/lib/jquery.js": modules / "jquery" / "dist" / "jquery.js",
            "/lib/lodash.js": modules / "lodash" / "lodash.js",
            "/lib/handlebars.js": modules / "handlebars" / "dist" / "handlebars.js",
        }

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_GET(self):
                path = self.path.split("?")[0]
                if path.startswith("/v2/"):
                    return self.pass_on()
                root = directory if path.startswith("/apps/") else STAND_IN
                file = libraries.get(path) or root / (path[1:] or "index.html")
                if not file.is_file():
                    return self.answer(404, "text/plain", b"")
                kind = "text/javascript" if file.suffix == ".js" else mimetypes.guess_type(file.name)[0]
                self.answer(200, kind, file.read_bytes())

            def pass_on(self):
                try:
                    with urllib.request.urlopen(crossbar + self.path) as answer:
                        self.answer(answer.status, "application/json", answer.read())
                except urllib.error.HTTPError as error:
                    self.answer(error.code, "application/json", error.read())

            def answer(self, status, kind, body):
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.base = "http://127.0.0.1:%d" % self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
