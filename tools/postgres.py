"""Starts a throw-away PostgreSQL server for the tests (`start` prints its address) and stops it (`stop`).

The server listens on a port of its own on this machine, keeps its files in a temporary folder, trades
durability for speed, and runs as an unprivileged user because PostgreSQL refuses root.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

FOLDER = Path(tempfile.gettempdir()) / f"tenure-postgres-{os.getuid()}"
SPEED = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200 -c shared_buffers=256MB"


def binaries() -> Path | None:
    """Where all of PostgreSQL's programs are: where Debian puts them, the newest first, or on the path."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: -int(p.parts[-2]))
    if found := shutil.which("initdb"):
        places.append(Path(found).parent)
    return next((p for p in places if all((p / name).exists() for name in ("initdb", "pg_ctl", "createdb"))), None)


def as_server(*command: str) -> None:
    """Run one of the server's programs, as `nobody`'s equal when we are root."""
    if os.getuid() == 0:
        name = "postgres" if any(user.pw_name == "postgres" for user in pwd.getpwall()) else "nobody"
        command = ("setpriv", f"--reuid={name}", f"--regid={pwd.getpwnam(name).pw_gid}", "--clear-groups", *command)
    done = subprocess.run(command, cwd="/", capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{command[-1]}: {done.stderr or done.stdout}")


def start() -> int:
    """Start a fresh server and print its address; prints why not on standard error."""
    programs = binaries()
    if programs is None:
        print("PostgreSQL is not installed", file=sys.stderr)
        return 1
    stop()
    FOLDER.mkdir(mode=0o755)
    if os.getuid() == 0:
        shutil.chown(FOLDER, "postgres" if any(u.pw_name == "postgres" for u in pwd.getpwall()) else "nobody")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data = FOLDER / "data"
    as_server(
        str(programs / "initdb"), "-D", str(data), "-U", "tenure", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"
    )
    options = f"-p {port} -c listen_addresses=127.0.0.1 -k {FOLDER} {SPEED}"
    as_server(str(programs / "pg_ctl"), "-D", str(data), "-w", "-l", str(FOLDER / "log"), "-o", options, "start")
    as_server(str(programs / "createdb"), "-h", "127.0.0.1", "-p", str(port), "-U", "tenure", "tenure")
    print(f"postgresql://tenure@127.0.0.1:{port}/tenure")
    return 0


def stop() -> int:
    """Stop the server if one runs and remove its files."""
    programs = binaries()
    if FOLDER.exists():
        if programs is not None and (FOLDER / "data" / "postmaster.pid").exists():
            as_server(str(programs / "pg_ctl"), "-D", str(FOLDER / "data"), "-m", "immediate", "stop")
        shutil.rmtree(FOLDER)
    return 0


if __name__ == "__main__":
    sys.exit({"start": start, "stop": stop}[sys.argv[1]]())
