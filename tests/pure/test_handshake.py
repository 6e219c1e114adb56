"""Who knocks at a socket is known by the same cookies as who asks for a page."""

from django.conf import settings

from chat.consumers.handshake import session_key


def key(cookie: str) -> str:
    return session_key({"headers": [(b"cookie", cookie.encode("latin-1"))]})


def test_a_cookie_that_another_site_of_the_host_left_hides_no_session() -> None:
    name = settings.SESSION_COOKIE_NAME
    for strange in ('state={"seen": 1}', "a b=c", "x[1]=2", "=", "ü=ü", '"'):
        assert key(f"{strange}; {name}=abc") == "abc"
        assert key(f"{name}=abc; {strange}") == "abc"
    assert key("") == key("x") == ""
