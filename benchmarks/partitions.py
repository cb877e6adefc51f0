"""Customers in one table against a table partitioned by shop, on a PostgreSQL server: prints one JSON line for each.

`--server postgresql://user@host:port/database` is where it makes and drops tables of its own; the
password is in PGPASSWORD. Of each statement: the blocks of the buffer cache that it touches, which no load changes, and
the least of five times in milliseconds, for carrying it out and for planning it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
from collections.abc import Iterator
from typing import Any

import psycopg

COLUMNS = """
id bigint NOT NULL, account_id bigint NOT NULL, ref text COLLATE "C" NOT NULL, name text, phone_sealed bytea,
phone_key bytea, province text COLLATE "C", spend bigint, updated_at bigint, UNIQUE (account_id, ref)
"""
ROWS = """
INSERT INTO {table}
SELECT n, n % {shops}, 'ou' || md5(n::text), '顾客' || n, decode(md5('s' || n) || '00112233', 'hex'),
sha256(n::text::bytea), 'p' || (n::bigint * 7919 % 31), n % 100000, 1 FROM generate_series(1, {rows}) n
"""
UPSERT = """
INSERT INTO {table} SELECT n, 1, 'ou' || md5(n::text), 'n', 's', sha256(n::text::bytea), 'p1', 1, 1
FROM unnest(%s::bigint[]) n ON CONFLICT (account_id, ref) DO UPDATE SET name = excluded.name
WHERE excluded.updated_at >= {table}.updated_at
"""
Connection = psycopg.Connection[tuple[Any, ...]]


def make(server: Connection, table: str, rows: int, shops: int) -> None:
    server.execute(f"DROP TABLE IF EXISTS {table} CASCADE")
    if table == "parted":
        key = "PRIMARY KEY (account_id, id)"
        server.execute(f"CREATE TABLE {table} ({COLUMNS}, {key}) PARTITION BY LIST (account_id)")
        for shop in range(shops):
            server.execute(f"CREATE TABLE {table}_{shop} PARTITION OF {table} FOR VALUES IN ({shop})")
        server.execute(f"CREATE INDEX ON {table} (id)")
    else:
        server.execute(f"CREATE TABLE {table} ({COLUMNS}, PRIMARY KEY (id))")
    server.execute(ROWS.format(table=table, shops=shops, rows=rows))
    server.execute(f"CREATE INDEX ON {table} (phone_key)")
    server.execute(f"VACUUM ANALYZE {table}")


def statements(table: str, rows: int, shops: int) -> Iterator[tuple[str, str, list[Any]]]:
    ids = random.Random(1).sample(range(1, rows), 500)
    refs = [f"ou{hashlib.md5(str(n - n % shops + 1).encode()).hexdigest()}" for n in ids]
    numbers = [hashlib.sha256(str(n).encode()).digest() for n in ids]
    counted = f"SELECT count(*) FROM {table} WHERE province = 'p3' AND account_id"
    yield "500 by id", f"SELECT ref, name FROM {table} WHERE id = ANY(%s)", [ids]
    yield "500 refs of a shop", f"SELECT id FROM {table} WHERE account_id = 1 AND ref = ANY(%s)", [refs]
    yield "500 numbers in any shop", f"SELECT id FROM {table} WHERE phone_key = ANY(%s)", [numbers]
    yield "a page from the middle", f"SELECT id FROM {table} WHERE id >= %s ORDER BY id LIMIT 200", [rows // 2]
    yield "counted over all shops", f"{counted} = ANY(%s)", [list(range(shops))]
    yield "counted over one shop", f"{counted} = 1", []
    yield "1,000 new of a shop", UPSERT.format(table=table), [list(range(rows + 1, rows + 1_001))]


def explained(server: Connection, statement: str, given: list[Any]) -> dict[str, float]:
    taken = []
    for _ in range(5):
        with server.transaction(force_rollback=True):
            row = server.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", given).fetchone()
        assert row is not None
        told = row[0][0]
        blocks = told["Plan"]["Shared Hit Blocks"] + told["Plan"]["Shared Read Blocks"]
        taken.append((blocks, told["Execution Time"], told["Planning Time"]))
    blocks, carried_out, planned = map(min, zip(*taken, strict=True))
    return {"blocks": blocks, "ms": round(carried_out, 1), "planning_ms": round(planned, 1)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--server", required=True)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--shops", default="4,50")
    asked = parser.parse_args()
    with psycopg.connect(asked.server, autocommit=True) as server:
        server.execute("SET max_parallel_workers_per_gather = 0")
        for shops in map(int, asked.shops.split(",")):
            for table in ("plain", "parted"):
                make(server, table, asked.rows, shops)
                figures = {
                    name: explained(server, statement, given)
                    for name, statement, given in statements(table, asked.rows, shops)
                }
                print(json.dumps({"table": table, "shops": shops, **figures, "load": os.getloadavg()[0]}), flush=True)
                server.execute(f"DROP TABLE {table} CASCADE")


if __name__ == "__main__":
    main()
