"""python -m tests.benchmarks [--quick] [row …]: measure, print a table, append it to tests/benchmarks/results.md."""

import argparse
import importlib
import signal
from pathlib import Path

from tests.benchmarks import ground

ROWS = sorted(path.stem for path in (Path(__file__).parent / "rows").glob("[a-z]*.py"))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("rows", nargs="*", choices=[*ROWS, []], help=f"which: {', '.join(ROWS)}; without: all")
    parser.add_argument("--quick", action="store_true", help="small sizes: to see that it works, not to quote")
    parser.add_argument("--dry", action="store_true", help="print only, do not append to results.md")
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C: no process is left behind
    ground.prepare()

    from tests.benchmarks import results

    found = []
    for name in asked.rows or ROWS:
        for row in importlib.import_module(f"tests.benchmarks.rows.{name}").measure(quick=asked.quick):
            print(f"{row.what}: {row.figure}", flush=True)
            found.append(row)
    print(f"\n{results.machine()}\n\n{results.table(found)}")
    if not asked.dry:
        results.append(found, quick=asked.quick)


if __name__ == "__main__":
    main()
