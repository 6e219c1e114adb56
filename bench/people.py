"""Makes people who are signed in: `python -m bench.people 100` prints their session keys as JSON.

Run in the environment of a site; a person of its own for every stream, as the limits want it.
"""

import json
import os
import sys

import django


def signed_in(count: int) -> list[str]:
    """Session keys of that many new people."""
    from django.conf import settings
    from django.contrib.auth import (
        BACKEND_SESSION_KEY,
        HASH_SESSION_KEY,
        SESSION_KEY,
        get_user_model,
    )
    from django.contrib.auth.hashers import make_password
    from django.contrib.sessions.backends.db import SessionStore
    from django.db import transaction

    people = get_user_model().objects
    password = make_password(None)
    keys = []
    with transaction.atomic():
        for number in range(count):
            person = people.create(username=f"person-{number}", password=password)
            session = SessionStore()
            session[SESSION_KEY] = str(person.pk)
            session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
            session[HASH_SESSION_KEY] = person.get_session_auth_hash()
            session.create()
            keys.append(str(session.session_key))
    return keys


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatsite.settings")
    django.setup()
    print(json.dumps(signed_in(int(sys.argv[1]))))
