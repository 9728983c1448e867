"""Measure intake: one million goods items of 22 columns, as CSV, on one core.

Run with ``python benchmarks/intake.py [rows]``; prints a Markdown table. The file is made in a temporary folder from a
fixed seed and is not kept.
"""

import os
import random
import resource
import sys
import tempfile
import time
from pathlib import Path

# One core: the thread pool is sized when polars is loaded.
os.environ["POLARS_MAX_THREADS"] = "1"

from darvoza.flow.intake.intake import take_in
from darvoza.flow.intake.mapping import Mapping, load_mapping

MAPPING = """
fields:
  declaration_id: declaration_id
  item: item
  lodged_at: lodged_at
  post: post
  importer_id: importer_id
  importer_name: importer_name
  exporter_id: exporter_id
  declarant_id: declarant_id
  carrier_id: carrier_id
  export_country: export_country
  invoice_currency: invoice_currency
  invoice_total: invoice_total
  transport_mode: transport_mode
  hs: hs
  description: description
  origin: origin
  gross_mass: gross_mass
  net_mass: net_mass
  price: price
  customs_value: customs_value
  tax_rate: tax_rate
  documents: documents
"""
GOODS = ("used car, petrol", "cotton T-shirts", "fresh apples", "обувь кожаная", "mobile telephones", '"Lux" soap')


def rows(count: int) -> list[str]:
    """Make the lines of the file: 2.5 items a declaration, one row in a hundred with a fault."""
    draw = random.Random(20_26)
    lines = [",".join(load_columns())]
    declaration, item = 0, 0
    for _ in range(count):
        item = item + 1 if item and draw.random() < 0.6 else 1
        declaration += item == 1
        seed = declaration * 7919
        day, importer = seed % 365, seed % 30_011
        net = draw.randrange(1, 2_000_000) / 100
        hs = "8703" if draw.random() < 0.01 else f"{draw.randrange(10_000_000, 98_000_000)}00"
        goods = draw.choice(GOODS).replace('"', '""')
        lines.append(
            f"D{declaration:09d},{item},2025-{day // 31 + 1:02d}-{day % 28 + 1:02d}T{seed % 24:02d}:{seed % 60:02d}:00,"
            f"P{seed % 40:03d},I{importer:08d},Trading House {importer},E{seed % 9_001:07d},B{seed % 700:05d},"
            f'C{seed % 90:03d},CN,USD,{seed % 100_000}.50,{3 + seed % 2},{hs},"{goods}",CN,{net * 1.1:.2f},{net:.2f},'
            f"{net * 3.7:.2f},{net * 3.9:.2f},0.12,N935 Y{seed % 900:03d}"
        )
    return lines


def load_columns() -> list[str]:
    return [line.split(":")[0].strip() for line in MAPPING.splitlines() if line.startswith("  ")]


def measure(path: Path, mapping: Mapping) -> tuple[float, float, int, int]:
    """Seconds by the clock and of the processor; on a busy machine only the second is the program's own."""
    clock, processor = time.perf_counter(), time.process_time()
    intake = take_in([path], mapping)
    spent = time.perf_counter() - clock, time.process_time() - processor
    return *spent, intake.accepted, intake.rejected_rows


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        path, plan = Path(folder) / "declarations.csv", Path(folder) / "mapping.yaml"
        plan.write_text(MAPPING, encoding="utf-8")
        child = os.fork()
        if child == 0:  # the maker's memory must not count as the reader's
            path.write_text("\n".join(rows(count)) + "\n", encoding="utf-8")
            os._exit(0)
        os.waitpid(child, 0)
        size = path.stat().st_size
        seconds, processor, accepted, rejected = measure(path, load_mapping(plan))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(
        "| rows | columns | file [MB] | seconds | CPU seconds | rows a CPU second | accepted | rejected | peak memory [GiB] |"
    )
    print("|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
    print(
        f"| {count:,} | {len(load_columns())} | {size / 1e6:.0f} | {seconds:.1f} | {processor:.1f} | {count / processor:,.0f} "
        f"| {accepted:,} | {rejected:,} | {peak:.2f} |"
    )


if __name__ == "__main__":
    main()
