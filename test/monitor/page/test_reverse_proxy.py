"""The page behind a reverse proxy with TLS, by the very configurations that docs/monitoring.md shows."""

import contextlib
import http.client
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from skill_stack.monitor.web_monitor import free_port
from test.eventually import eventually
from test.monitor.page.front.scripted_page import ScriptedPage
from test.monitor.page.front.states import ROBOT, at_rest

NAME = "robot.local"
DOCS = (Path(__file__).parents[3] / "docs" / "monitoring.md").read_text("utf-8")
NGINX = """daemon off; pid {folder}/pid; error_log {folder}/error.log; user root;
events {{ }}
http {{ access_log off; client_body_temp_path {folder}/1; proxy_temp_path {folder}/2; fastcgi_temp_path {folder}/3;
uwsgi_temp_path {folder}/4; scgi_temp_path {folder}/5;
{site} }}
"""
CADDY = """{{
admin off
skip_install_trust
auto_https disable_redirects
https_port {port}
storage file_system {folder}
}}
{site}
"""


class ProxiedPage(ScriptedPage):
    """A page that others reach by a name."""

    def _open(self, port):
        made = super()._open(port)
        made.access.names = type(made.access.names)((NAME,))
        return made


@pytest.fixture
def page():
    server = ProxiedPage(ROBOT)
    server.show(**at_rest())
    yield server
    server.close()


def documented(fence):
    """The configuration of a proxy, as the page of documentation has it."""
    return re.search(rf"```{fence}\n(.*?)```", DOCS, re.DOTALL)[1]


def nginx(page, port, folder):
    key, certificate = folder / "robot.key", folder / "robot.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-keyout", key, "-out", certificate, "-subj", f"/CN={NAME}"], check=True, capture_output=True,
    )  # fmt: skip
    site = documented("nginx").replace("listen 443 ", f"listen 127.0.0.1:{port} ")
    site = site.replace("/etc/ssl/", f"{folder}/").replace(":8080", f":{page.monitor.port}")
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, site=site))
    return ["nginx", "-e", "stderr", "-p", folder, "-c", folder / "nginx.conf"]


def caddy(page, port, folder):
    site = documented("caddy").replace(":8080", f":{page.monitor.port}")
    (folder / "Caddyfile").write_text(CADDY.format(folder=folder, port=port, site=site))
    return ["caddy", "run", "--adapter", "caddyfile", "--config", folder / "Caddyfile"]


class Proxy:
    """One that runs, and what comes through it."""

    def __init__(self, port):
        self.port, self.origin = port, f"https://{NAME}:{port}"
        self._context = ssl.create_default_context()
        self._context.check_hostname, self._context.verify_mode = False, ssl.CERT_NONE
        # The websocket's client reads in one thread and writes in another one, and the ssl module need not lock that:
        # with the session tickets that TLS 1.3 sends right after the handshake, a request in twenty got lost.
        self._context.maximum_version = ssl.TLSVersion.TLSv1_2

    def _socket(self):
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        return self._context.wrap_socket(plain, server_hostname=NAME)

    def status(self, path):
        """Status and content of an address."""
        asked = http.client.HTTPSConnection(NAME, self.port)
        asked.sock = self._socket()
        with contextlib.closing(asked):
            asked.request("GET", path)
            answer = asked.getresponse()
            return answer.status, answer.read()

    def websocket(self, path, origin=""):
        """As the page's script opens it."""
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        return connect(
            f"wss://{NAME}:{self.port}{path}", sock=plain, ssl=self._context, origin=origin or self.origin,
            compression=None, proxy=None, open_timeout=30,
        )  # fmt: skip


@pytest.fixture(params=[nginx, caddy])
def proxy(request, page, tmp_path):
    program = request.param.__name__
    if missing := [one for one in (program, "openssl") if shutil.which(one) is None]:
        pytest.skip(f"{missing[0]} is not installed (Debian: apt install {missing[0]})")
    port = free_port("127.0.0.1", 0)
    made = Proxy(port)
    with (tmp_path / "log").open("wb") as log:
        command = list(map(str, request.param(page, port, tmp_path)))
        process = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, "HOME": str(tmp_path)})

    def answers():
        with contextlib.suppress(OSError, http.client.HTTPException):
            return made.status("/")[0]
        return process.poll() is not None

    try:
        eventually(answers, 60, program, lambda: (tmp_path / "log").read_text())
        assert process.poll() is None, (tmp_path / "log").read_text()
        yield made
    finally:
        process.terminate()
        process.wait(30)


def test_who_comes_through_it_is_nobody_without_a_key_and_its_role_with_one(page, proxy):
    key = page.monitor.access.key("operator")
    assert proxy.status("/")[0] == 403 and proxy.status(f"/{'0' * 32}/")[0] in (303, 403)
    status, text = proxy.status(f"/{key}/")
    assert status == 200 and b"<html" in text
    assert proxy.status(f"/{key}/camera/front.jpg")[0] == proxy.status(f"/{key}/view/")[0] == 200
    with proxy.websocket(f"/{key}/ws?v=1") as one:
        hello = json.loads(one.recv(timeout=30))
        assert (hello["role"], hello["near"]) == ("operator", False), "not on the robot's machine, whatever the address"
        one.send('{"t":"stop","n":1}')
        one.send('{"t":"say","words":"sit","n":2}')
        answers = []
        while len(answers) < 2:
            message = json.loads(one.recv(timeout=30))
            answers += [message["ok"]] if message["t"] == "ack" else []
    assert answers == [True, True] and page.kinds == ["stop", "say"]


def test_no_other_page_and_nobody_without_a_key_opens_a_websocket_through_it(page, proxy):
    for path, origin in (
        ("/ws", ""), (f"/{page.monitor.access.key('operator')}/ws", "https://evil.example"),
        (f"/{page.monitor.access.key('operator')}/ws", "null"),
    ):  # fmt: skip
        with pytest.raises(InvalidStatus, match="403"):
            proxy.websocket(path, origin)
    assert page.kinds == []
