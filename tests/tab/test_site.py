"""The served site as a browser meets it: headers, static files, errors, hosts."""

import gzip
import json
import re
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from email.message import Message
from pathlib import Path

import pytest

from tests import servers

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "object-src": "'none'",
}


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with servers.site(tmp_path_factory.mktemp("site")) as server:
        yield server.url
        assert "ERROR" not in server.text()
        assert "Traceback" not in server.text()
        assert "Warning" not in server.text()


def get(url: str, body: bytes | None = None, /, **headers: str) -> tuple[int, Message, bytes]:
    """Return status, headers and body, of an error too; with a body it is a POST."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(url, body, named)
    try:
        with urllib.request.urlopen(request, timeout=servers.PATIENCE) as response:
            return response.status, response.headers, response.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read()


def found(page: bytes, pattern: str) -> str:
    match = re.search(pattern, page.decode())
    assert match, pattern
    return match[1]


@pytest.mark.parametrize("path", ["/accounts/login/", "/nothing/here", "/admin/login/", "/healthz"])
def test_every_answer_has_the_strict_policy(url: str, path: str) -> None:
    _, headers, _ = get(url + path)
    directives = [part.strip() for part in headers["Content-Security-Policy"].split(";")]
    assert dict(part.split(" ", 1) for part in directives) == POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    # Browsers heed it on https only, and complain on http.
    assert "Cross-Origin-Opener-Policy" not in headers


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(url: str) -> None:
    _, headers, page = get(f"{url}/accounts/login/")
    token = found(page, 'name="csrfmiddlewaretoken" value="([^"]+)"')
    assert token
    (cookie,) = headers.get_all("Set-Cookie", [])
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie, "a browser would not send it back in plain http"


def test_static_files_are_hashed_compressed_and_kept(url: str) -> None:
    _, _, page = get(f"{url}/accounts/login/")
    style = found(page, r'href="(/static/css/tokens\.[0-9a-f]{12}\.css)"')
    status, headers, plain = get(url + style)
    assert status == 200
    assert "immutable" in headers["Cache-Control"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Access-Control-Allow-Origin"] is None
    _, headers, small = get(url + style, Accept_Encoding="gzip")
    assert headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(small) == plain
    _, headers, _ = get(url + style, Accept_Encoding="gzip, br")
    assert headers["Content-Encoding"] == "br"
    assert "Accept-Encoding" in headers["Vary"]


def test_modules_import_each_other_by_their_hashed_names(url: str) -> None:
    script = get(f"{url}/static/js/chat.js")[2].decode()
    imports = re.findall(r'import\s*"(\./[^"]+)"', script)
    assert imports
    hashed = get(f"{url}/static/staticfiles.json")
    assert hashed[0] == 404, "the list of files is nobody's business"


def test_a_bundle_of_styles_holds_what_it_imports(url: str) -> None:
    source = servers.ROOT / "static" / "css"
    imports = re.findall(r'@import "\./(.+)";', (source / "chat.css").read_text())
    bundle = get(f"{url}/static/css/chat.css")[2].decode()
    assert len(imports) > 5 and "@import" not in bundle
    at = [bundle.index((source / name).read_text()) for name in imports]
    assert at == sorted(at)


@pytest.mark.parametrize("body", [b"a=1&" * 2000, b"a=" + b"x" * 4_000_000, b"\xff\x00%%"])
def test_a_senseless_form_is_refused_in_a_few_words(url: str, body: bytes) -> None:
    status, _, page = get(f"{url}/accounts/login/", body)
    assert status in (400, 403, 413)
    assert b"Traceback" not in page


@pytest.mark.parametrize("path", ["/static/../chatsite/settings.py", "/static/%2e%2e/manage.py"])
def test_nothing_outside_the_static_files_is_served(url: str, path: str) -> None:
    assert get(url + path)[0] == 404


def test_a_wrong_address_is_answered_in_the_looks_of_the_site(url: str) -> None:
    status, _, page = get(f"{url}/nothing/here")
    assert status == 404
    assert b"<h1>Not here</h1>" in page


def test_a_wrong_host_is_refused_in_a_few_words(tmp_path: Path, url: str) -> None:
    status, _, page = get(f"{url}/accounts/login/", Host="evil.example.org")
    assert status == 400
    assert b"evil" not in page


def test_behind_https_cookies_are_secure_and_https_is_insisted_on(tmp_path: Path) -> None:
    origin = {"CSRF_TRUSTED_ORIGINS": "https://chat.example.org", "ALLOWED_HOSTS": "*"}
    with servers.site(tmp_path, **origin) as server:
        _, headers, _ = get(f"{server.url}/accounts/login/", X_Forwarded_Proto="https")
    assert "Secure" in headers["Set-Cookie"]
    assert headers["Strict-Transport-Security"] == "max-age=31536000"


def test_json_logs_are_one_object_a_line(tmp_path: Path) -> None:
    with servers.site(tmp_path, LOG_FORMAT="json") as server:
        get(f"{server.url}/nothing/here")
        get(f"{server.url}/accounts/login/", Host="evil.example.org")
        lines = server.text().splitlines()[1:]
    (record,) = [json.loads(line) for line in lines]
    assert record["level"] == "warning"
    assert record["logger"] == "django.security.DisallowedHost"
    assert "evil.example.org" in record["message"]


def test_it_serves_from_postgresql_and_redis_too(tmp_path: Path, postgres_url: str) -> None:
    with servers.redis() as redis:
        scaled = {"DATABASE_URL": postgres_url, "REDIS_URL": redis}
        with servers.site(tmp_path, **scaled) as server:
            made = servers.manage(tmp_path, "ensure_admin", **scaled)
            assert "First administrator: admin" in made.stdout
            assert get(f"{server.url}/accounts/login/")[0] == 200
            assert get(f"{server.url}/readyz")[0] == 200
            assert "Traceback" not in server.text()


@pytest.mark.parametrize("command", ["migrate", "serve", "ensure_admin", "invite", "sweep_files"])
def test_a_postgresql_that_is_not_there_is_named_without_its_password(
    tmp_path: Path, command: str
) -> None:
    where = f"127.0.0.1:{servers.free_port()}"
    url = f"postgres://somebody:secret@{where}/chat"
    result = servers.manage(tmp_path, command, DATABASE_URL=url)
    assert result.returncode == 1 and result.stdout == ""
    sentence = (
        f"DATABASE_URL names PostgreSQL at {where}, which cannot be used: Connection refused.\n"
    )
    assert result.stderr == sentence


def test_where_it_is_is_only_told_once_it_is_there(tmp_path: Path, url: str) -> None:
    taken = url.rpartition(":")[2]
    result = servers.manage(tmp_path, "serve", PORT=taken)
    assert result.returncode == 1
    assert "cannot listen" in result.stderr
    assert "Chatsite is at" not in result.stdout
    with servers.site(tmp_path) as server:
        servers.wait_until(
            lambda: f"Chatsite is at {server.url}/" in server.text(), "the address in the log"
        )


def test_another_asgi_server_can_serve_it(tmp_path: Path) -> None:
    shutil.copytree(servers.prepared(), tmp_path, dirs_exist_ok=True)
    port = servers.free_port()
    command = [sys.executable, "-m", "uvicorn", "chatsite.asgi:application", "--port", str(port)]
    log = tmp_path / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=servers.ROOT, env=servers.environment(tmp_path), stderr=output
        )
    try:
        servers.wait_until(lambda: b"running on" in log.read_bytes(), "uvicorn")
        assert get(f"http://127.0.0.1:{port}/accounts/login/")[0] == 200
        assert get(f"http://127.0.0.1:{port}/readyz")[0] == 200
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(servers.PATIENCE)
    assert "Application shutdown complete" in log.read_text()
    assert "Traceback" not in log.read_text()
