"""The private servers, seen from outside: real processes share a home of their own."""

import os
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
import redis

from haowu import embedded
from haowu.embedded.places import account

ROOT = Path(__file__).resolve().parents[2]
AS_IN_A_TERMINAL = (
    "import signal; signal.signal(signal.SIGHUP, signal.SIG_DFL); signal.signal(signal.SIGTERM, signal.SIG_DFL);"
    "signal.signal(signal.SIGINT, signal.default_int_handler); "
)
"""A program inherits ignored signals, as from nohup or a shell's background."""
ATTACH = AS_IN_A_TERMINAL + "from haowu import embedded; import os, sys; embedded.attach(); "
UNTIL_TOLD = "print('attached', flush=True); sys.stdin.read()"
IN_A_CHILD_THAT_OUTLIVES_ME = "os.fork() and sys.exit(); "


@pytest.fixture(scope="module")
def shared_home(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    yield home
    command = [sys.executable, "-m", "haowu.embedded", "remove"]
    subprocess.run(command, cwd=ROOT, env={**os.environ, "HAOWU_HOME": str(home)}, check=True)


@pytest.fixture
def home(shared_home, monkeypatch):
    """The cluster is made once; each test finds and must leave the servers stopped."""
    monkeypatch.setenv("HAOWU_HOME", str(shared_home))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("REDIS_URL", raising=False)
    assert running() == []
    yield shared_home
    assert running() == []


def test_two_processes_that_start_at_once_share_servers_which_the_last_to_end_stops(home):
    first, second = user(), user()
    attached(first, second)
    assert running() == ["postgres", "redis"]
    end(first)
    assert running() == ["postgres", "redis"]
    end(second)
    assert running() == []


def test_a_killed_process_keeps_nothing_running_beyond_the_next(home):
    killed, other = user(), user()
    attached(killed, other)
    killed.kill()
    killed.wait()
    assert running() == ["postgres", "redis"]
    end(other)
    assert running() == []


def test_servers_whose_only_user_was_killed_are_taken_over_and_stopped(home):
    killed = attached(user())
    started_at = ask("SELECT pg_postmaster_start_time()")
    killed.kill()
    killed.wait()
    heir = attached(user())
    assert ask("SELECT pg_postmaster_start_time()") == started_at
    end(heir)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_process_that_is_told_to_end_stops_the_servers_too(home, number):
    only = attached(user())
    only.send_signal(number)
    assert only.wait() == 128 + number


def test_ctrl_c_in_the_terminal_of_the_first_user_leaves_the_servers_to_the_second(home):
    first = attached(user(start_new_session=True))
    second = attached(user())
    os.killpg(first.pid, signal.SIGINT)
    first.wait()
    assert running() == ["postgres", "redis"]
    end(second)


def test_a_forked_child_that_outlives_its_parent_keeps_the_servers(home):
    parent = attached(user(ATTACH + IN_A_CHILD_THAT_OUTLIVES_ME + UNTIL_TOLD))
    parent.wait()
    assert running() == ["postgres", "redis"]
    parent.stdin.close()
    assert parent.stdout.read() == ""  # the end of the child, which holds the other end of the pipe
    assert running() == []


def test_after_a_crash_pid_files_that_name_strangers_are_not_believed(home):
    first = attached(user())
    postgres_file, redis_file = home / "postgresql/data/postmaster.pid", run_dir() / "redis.pid"
    left_behind = postgres_file.read_text().partition("\n")[2]
    end(first)
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE, **account()) as stranger:
        postgres_file.write_text(f"{stranger.pid}\n{left_behind}")
        run_dir().mkdir(mode=0o700)
        redis_file.write_text(f"{stranger.pid}\n")
        second = attached(user())
        assert running() == ["postgres", "redis"]
        end(second)
        assert stranger.poll() is None
        stranger.stdin.close()


def test_what_was_committed_survives_the_death_of_the_server(home):
    first = attached(user())
    with (
        closing(psycopg2.connect(embedded.database_url("owner"))) as connection,
        connection,
        connection.cursor() as cursor,
    ):
        cursor.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    os.kill(int((home / "postgresql/data/postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    os.kill(int((run_dir() / "redis.pid").read_text()), signal.SIGKILL)
    second = attached(user())
    assert ask("SELECT answer FROM kept", role="owner") == 42
    end(first)
    end(second)


def test_a_home_in_use_is_not_removed(home):
    only = attached(user())
    with pytest.raises(embedded.NotReady, match="in use"):
        embedded.remove()
    assert running() == ["postgres", "redis"]
    end(only)


def test_the_app_role_is_bound_by_row_level_security_and_the_cluster_is_durable(home):
    only = attached(user())
    assert (
        ask("SELECT rolsuper OR rolbypassrls OR rolcreatedb OR rolcreaterole FROM pg_roles WHERE rolname = user")
        is False
    )
    assert [ask(f"SHOW {name}") for name in ("fsync", "synchronous_commit", "server_encoding")] == ["on", "on", "UTF8"]
    end(only)


def test_chinese_text_has_trigrams_and_vectors_are_at_hand(home):
    only = attached(user())
    with (
        closing(psycopg2.connect(host=str(run_dir()), user="postgres", dbname="haowu")) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute("CREATE EXTENSION pg_trgm; CREATE EXTENSION vector; CREATE EXTENSION btree_gin")
        cursor.execute("SELECT similarity('洗碗机', '海尔洗碗机') > 0.2, '[1,2]'::vector <-> '[1,4]'::vector")
        assert cursor.fetchone() == (True, 2.0)
    end(only)


def test_the_secret_key_is_made_once_for_its_owner_alone(home):
    assert len(embedded.secret_key()) >= 50
    assert embedded.secret_key() == embedded.secret_key()
    assert (home / "secret_key").stat().st_mode & 0o777 == 0o600


def test_the_data_key_is_made_once_and_never_for_somebody_elses_database(home, monkeypatch):
    assert embedded.data_keys() == embedded.data_keys()
    assert (home / "data_keys").stat().st_mode & 0o777 == 0o600
    monkeypatch.setenv("DATABASE_URL", "postgres://owner@db/haowu")
    assert embedded.data_keys() == ""


def test_production_must_bring_its_secret_key(home, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://owner@db/haowu")
    monkeypatch.setenv("REDIS_URL", "redis://cache/0")
    with pytest.raises(embedded.NotReady, match="DJANGO_SECRET_KEY"):
        embedded.secret_key()


def user(program: str = ATTACH + UNTIL_TOLD, **options) -> subprocess.Popen:
    """A process that uses the servers until its stdin is closed."""
    return subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, **options
    )


def attached(*users: subprocess.Popen) -> subprocess.Popen:
    assert [user.stdout.readline() for user in users] == ["attached\n"] * len(users)
    return users[0]


def end(user: subprocess.Popen) -> None:
    user.stdin.close()
    assert user.wait() == 0


def running() -> list[str]:
    """Which of the servers answer."""
    found = []
    try:
        psycopg2.connect(embedded.database_url("app")).close()
        found.append("postgres")
    except psycopg2.OperationalError:
        pass
    try:
        with redis.Redis.from_url(embedded.redis_url()) as client:
            client.ping()
        found.append("redis")
    except redis.ConnectionError:
        pass
    return found


def ask(query: str, role: str = "app"):
    with closing(psycopg2.connect(embedded.database_url(role))) as connection, connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()[0]


def run_dir() -> Path:
    return Path(embedded.redis_url().removeprefix("unix://")).parent
