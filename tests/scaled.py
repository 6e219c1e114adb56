"""Run pytest with PostgreSQL and Redis behind the sites: python -m tests.scaled tests/tab"""

import os
import subprocess
import sys

from tests import servers

with servers.postgres() as database, servers.redis() as redis:
    variables = {**os.environ, "TEST_DATABASE_URL": database, "TEST_REDIS_URL": redis}
    sys.exit(subprocess.call([sys.executable, "-m", "pytest", *sys.argv[1:]], env=variables))
