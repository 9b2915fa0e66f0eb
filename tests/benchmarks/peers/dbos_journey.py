"""One durable workflow of DBOS Transact for each person. Needs the package `dbos` on the path.

python -m tests.benchmarks.peers.dbos_journey ADDRESS NAME FIRST COUNT says `ready`, waits for a line, leads COUNT
people through, and says `done`.

Steps that write are steps of DBOS, so that each is noted once and not done again after a crash; deciding is plain code,
as it is repeatable. Workflows run in threads, 16 at a time in each of two processes, which measured best on two busy
cores (8 in each: a fifth slower; 16 in one process: a quarter slower).
"""

import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import psycopg
from dbos import DBOS, DBOSConfig

AT_ONCE = 16
local = threading.local()


def connection() -> psycopg.Connection:
    if not hasattr(local, "connection"):
        local.connection = psycopg.connect(sys.argv[1], autocommit=True)
    return local.connection


@DBOS.step()
def note_event(person: int) -> int:
    total = person % 200
    connection().execute("INSERT INTO peer_event (profile_id, total) VALUES (%s, %s)", [person, total])
    return total


@DBOS.step()
def update_profile(person: int, plan: str) -> None:
    change = "UPDATE peer_profile SET attributes = attributes || jsonb_build_object('plan', %s::text) WHERE id = %s"
    connection().execute(change, [plan, person])


@DBOS.step()
def end(person: int) -> None:
    connection().execute("INSERT INTO peer_end (profile_id) VALUES (%s)", [person])


@DBOS.workflow()
def journey(person: int) -> None:
    total = note_event(person)
    update_profile(person, "EUR" if total >= 100 else "small")
    end(person)


def main() -> None:
    address, name, first, count = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    config: DBOSConfig = {
        "name": "journey",
        "executor_id": name,
        "system_database_url": address.replace("postgresql://", "postgresql+psycopg://", 1),
        "sys_db_pool_size": AT_ONCE,
        "log_level": "ERROR",
        "enable_otlp": False,
    }
    DBOS(config=config)
    DBOS.launch()
    print("ready", flush=True)
    sys.stdin.readline()
    with ThreadPoolExecutor(AT_ONCE) as threads:
        list(threads.map(journey, range(first, first + count)))
    print("done", flush=True)


if __name__ == "__main__":
    main()
