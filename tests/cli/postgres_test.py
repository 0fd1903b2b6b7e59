#!/usr/bin/env python3
"""What the tool does on PostgreSQL only: schemas, row-level security, and `verify` by the names of everything."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest
import urllib.parse

from tool import TOOL, Case, Run

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "postgres"))
import with_pgbouncer  # noqa: E402
from with_server import Server  # noqa: E402

SERVER = os.environ["CALLQUEUE_TEST_POSTGRES"]


def psql(url, sql):
    done = subprocess.run(["psql", "--no-psqlrc", "-qAt", "-v", "ON_ERROR_STOP=1", "-d", url, "-c", sql],
                          capture_output=True, text=True, timeout=60)
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    return done.stdout.strip()


class Postgres(Case):
    made = 0

    def setUp(self):
        super().setUp()
        Postgres.made += 1
        self.name = f"callqueue_{os.getpid()}_{Postgres.made}"
        psql(SERVER, f"CREATE DATABASE {self.name}")
        self.addCleanup(psql, SERVER, f"DROP DATABASE {self.name} WITH (FORCE)")
        self.db = urllib.parse.urlsplit(SERVER)._replace(path="/" + self.name).geturl()
        if not self.db.startswith("postgresql://"):  # An empty host is dropped.
            self.db = self.db.replace("postgresql:", "postgresql://", 1)

    def test_a_schema_is_made_and_used(self):
        self.assertEqual(self.ok("migrate", "--schema", "calls", "--json").json["from"], 0)
        self.ok("--schema", "calls", "user", "add", "Ann")
        self.assertEqual(len(self.ok("user", "list", "--json", env={"CALLQUEUE_SCHEMA": "calls"}).json), 1)
        self.ok("verify", "--schema", "calls")
        self.bad(1, "user", "list", says="migrat")
        self.assertEqual(psql(self.db, "SELECT to_regclass('public.call_queue') IS NULL"), "t")
        self.ok("migrate", "--schema", "calls", "--down", "--to", 0)
        self.bad(1, "user", "list", "--schema", "calls", says="migrat")

    def test_row_security_comes_and_goes(self):
        role = f"{self.name}_tenant"
        self.addCleanup(psql, SERVER, f"DROP ROLE IF EXISTS {role}")
        self.assertIn("row_security", self.ok("migrate", f"--row-security={role}").out)
        self.assertIn("✓ policy call_queue.callqueue_own_rows", self.ok("verify").out)
        psql(self.db, "DROP POLICY callqueue_own_rows ON call_queue")
        self.assertIn("✗ policy call_queue.callqueue_own_rows: is missing",
                      self.bad(1, "verify", says="failed").out)
        self.assertEqual(self.ok("migrate", f"--row-security={role}", "--json").json["applied"], ["row_security"])
        self.ok("verify")
        self.ok("migrate", "--no-row-security")
        self.assertNotIn("policy", self.ok("verify").out)
        self.bad(2, "migrate", "--row-security", "--no-row-security", says="excludes")
        self.bad(2, "migrate", "--row-security", "--sql", says="excludes")
        self.bad(1, "migrate", "--row-security=postgres", says="postgres")

    def test_verify_names_everything_and_what_is_wrong(self):
        self.migrated()
        said = self.ok("verify").out
        for what in ("table call_campaigns", "table call_queue", "column call_queue.last_system_allocation_at",
                     "column users.concurrent_calls_limit", "key contacts.contacts_id_user_id_unique",
                     "foreign_key call_queue.call_queue_contact_id_fkey", "index idx_call_campaigns_start_date",
                     "index idx_call_queue_round_robin", "function count_active_calls(user_id uuid)",
                     "function get_next_queued_call(user_id uuid)", "sequence callqueue_turn",
                     "trigger call_queue.trigger_update_campaign_statistics", "statistics call_campaigns"):
            self.assertIn(f"✓ {what}\n", said)
        self.assertNotIn("✗", said)
        psql(self.db, "DROP INDEX idx_call_queue_round_robin; ALTER TABLE call_queue ADD COLUMN mine text")
        wrong = self.bad(1, "verify", says="2 of ").out
        self.assertEqual([line for line in wrong.splitlines() if line.startswith("✗")],
                         ["✗ index idx_call_queue_round_robin: is missing",
                          "✗ column call_queue.mine: is not of this version"])
        self.assertTrue(wrong.strip().splitlines()[-1].startswith("✗"), "what is wrong comes last")
        report = Run("verify", "--json", db=self.db)
        self.assertEqual((report.status, report.json["ok"]), (1, False))
        self.assertIn({"kind": "index", "name": "idx_call_queue_round_robin", "ok": False, "detail": "is missing"},
                      report.json["items"])

    def test_migrate_says_what_it_has_built_again(self):
        self.migrated()
        self.assertIn("nothing to do: the database has version", self.ok("migrate").out)
        psql(self.db, "DROP INDEX callqueue_calls_lease")
        said = self.ok("migrate").out.splitlines()
        self.assertEqual(len(said), 2)
        self.assertTrue(said[0].startswith("CREATE INDEX callqueue_calls_lease ON calls"), said)
        self.assertRegex(said[1], r"^done; the database has version \d+, as before$")
        self.assertIn("nothing to do", self.ok("migrate").out)

    def test_preflight_lists_what_is_in_the_way_and_migrate_refuses(self):
        psql(self.db, "CREATE TABLE contacts (id uuid PRIMARY KEY, user_id uuid, phone_number text, owner text NOT NULL);"
                      "CREATE TABLE calls (id uuid PRIMARY KEY, user_id uuid NOT NULL, status text);"
                      "INSERT INTO calls VALUES (gen_random_uuid(), gen_random_uuid(), 'talking')")
        said = self.bad(1, "preflight", says="1 of 6 findings block").out.splitlines()
        self.assertIn("· calls.status is talking (1 row), which holds no slot and reads as unknown", said)
        self.assertIn("✗ contacts.owner is NOT NULL without a default", said[-2])
        self.assertIn("SET DEFAULT", said[-1])
        report = Run("preflight", "--json", "--active-statuses", "talking", db=self.db)
        self.assertEqual((report.status, report.json["blocks"], len(report.json["findings"])), (1, True, 6))
        self.assertEqual(report.json["findings"][0]["column"], "owner")
        self.bad(1, "migrate", says="contacts.owner")
        self.bad(1, "migrate", says="callqueue preflight")
        psql(self.db, "ALTER TABLE contacts ALTER COLUMN owner SET DEFAULT ''")
        self.assertIn("nothing blocks", self.ok("preflight").out)
        self.assertEqual(self.ok("migrate", "--active-statuses", "talking,on_hold", "--json").json["from"], 0)
        self.assertEqual(psql(self.db, "SELECT count_system_active_calls()"), "1")
        self.ok("verify")
        self.assertNotIn("status is talking", self.ok("preflight").out)
        self.assertIn("status is talking", self.ok("preflight", "--active-statuses", "").out)
        self.assertEqual(self.ok("migrate", "--active-statuses", "", "--json").json["applied"], ["active_statuses"])
        self.assertEqual(psql(self.db, "SELECT count_system_active_calls()"), "0")
        self.bad(2, "migrate", "--active-statuses", "completed", says="completed")
        self.bad(2, "migrate", "--active-statuses", "talking", "--sql", says="excludes")

    def test_verify_says_in_one_line_that_nothing_is_migrated(self):
        self.assertEqual(self.bad(1, "verify", says="not migrated").out, "")
        self.bad(1, "verify", says="the schema public is not migrated: run its migrations (`callqueue migrate`)")
        self.bad(1, "user", "list", says="the schema public is not migrated")
        self.bad(1, "verify", "--schema", "nosuch", says="there is no schema nosuch")
        self.bad(1, "user", "list", "--schema", "nosuch", says="there is no schema nosuch")
        report = Run("verify", "--json", db=self.db)
        self.assertEqual((report.status, len(report.json["items"])), (1, 1))

    def test_a_damaged_database_is_not_called_one_that_is_not_migrated(self):
        self.someone()
        psql(self.db, "ALTER TABLE call_queue RENAME TO lost_queue")
        for command in (["queue", "list"], ["run", "--exec", "cat"]):
            self.bad(1, *command, says='is damaged (database: relation "call_queue" does not exist)')
        self.bad(1, "queue", "list", says="verify names what is missing (`callqueue verify`)")
        self.assertIn("✗ table call_queue: is missing", self.bad(1, "verify", says="failed").out)
        psql(self.db, "DROP TABLE callqueue_migrations")
        for command in (["verify"], ["user", "list"]):
            self.bad(1, *command, says="is damaged: it has tables of the library, and callqueue_migrations is missing")

    def role(self, name, *statements):
        """The database's URL for a new role."""
        role = f"{self.name}_{name}"
        psql(SERVER, f"CREATE ROLE {role} LOGIN")
        self.addCleanup(psql, SERVER, f"DROP ROLE {role}")
        self.addCleanup(psql, self.db, f"DROP OWNED BY {role}")
        for statement in statements:
            psql(self.db, statement.format(role=role))
        return urllib.parse.urlsplit(self.db)._replace(netloc=f"{role}@").geturl()

    def test_a_role_that_may_not_is_told_and_nothing_is_tried_again(self):
        self.migrated()
        reader = self.role("reader", "GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}")
        said = self.bad(1, "run", "--exec", "cat", "--db", reader, db=False, lines=2, says="lacks a right in the database: ")
        self.assertNotIn("trying again", said.err)
        self.bad(1, "verify", "--db", reader, db=False, says="GRANT CREATE ON DATABASE")
        stranger = self.role("stranger")
        self.bad(1, "user", "list", "--db", stranger, db=False, says="permission denied for table")
        psql(self.db, "REVOKE ALL ON SCHEMA public FROM public")
        for command in (["user", "list"], ["verify"]):
            self.bad(1, *command, "--db", stranger, db=False, says="this role may not use the schema")
        hesitant = self.role("hesitant", "GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}",
                             "GRANT USAGE ON SCHEMA public TO {role}",
                             "ALTER ROLE {role} SET default_transaction_read_only = on")
        self.bad(1, "run", "--exec", "cat", "--db", hesitant, db=False, lines=2, says="this role may only read")

    def test_verify_works_in_a_session_that_is_to_read_only(self):
        self.migrated()
        psql(self.db, f"ALTER DATABASE {self.name} SET default_transaction_read_only = on")
        self.assertIn("all well", self.ok("verify").out)

    def test_on_a_standby_verify_looks_at_the_rows_and_says_where_to_do_the_rest(self):
        server = Server()
        self.addCleanup(server.stop)
        server.start()
        self.db = server.url
        self.someone()
        server.stand_by()
        self.bad(1, "user", "add", "Eve", says="the server is a standby or read-only")
        running = subprocess.Popen([TOOL, "--db", self.db, "run", "--exec", "cat"], stdout=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE, text=True)
        self.assertIn("target_session_attrs=read-write", running.stderr.readline())
        running.terminate()
        running.communicate(timeout=60)
        wrong = self.bad(1, "verify", says="1 of ").out
        self.assertIn("✗ schema public: not checked, because the server is a standby", wrong)
        self.assertIn("run it on the primary", wrong)
        self.assertIn("✓ statistics call_campaigns\n", wrong)
        self.assertIn("✓ queue row_without_lane\n", wrong)

    @unittest.skipUnless(with_pgbouncer.program(), "PgBouncer is not installed")
    def test_behind_a_pooler_what_to_give_is_said(self):
        self.migrated()
        folder = tempfile.mkdtemp(prefix="callqueue-pgb-", dir="/tmp")
        self.addCleanup(shutil.rmtree, folder)
        pooler = with_pgbouncer.start(folder, urllib.parse.parse_qs(urllib.parse.urlsplit(SERVER).query)["host"][0])
        self.addCleanup(pooler.wait)
        self.addCleanup(pooler.terminate)
        self.db = f"postgresql://postgres@/{self.name}?host={folder}&port=6432"
        self.ok("user", "list", "--pooled")
        Run("user", "list", db=self.db)  # What it prepares stays in the server's session.
        self.bad(1, "user", "list", says="already exists): prepare no statements (`--pooled`)")
        self.ok("user", "list", "--pooled")

    def test_whom_a_migration_waits_for_is_said(self):
        psql(self.db, "CREATE TABLE contacts (id uuid PRIMARY KEY, user_id uuid NOT NULL, phone_number text NOT NULL)")
        # An index that is built concurrently waits for the snapshot, the migration for the lock.
        for reads in ("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM contacts;",
                      "BEGIN; SELECT count(*) FROM contacts;"):
            with self.subTest(reads=reads):
                host = subprocess.Popen(["psql", "--no-psqlrc", "-qAt", "-d", self.db], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True, env={**os.environ, "PGAPPNAME": "the_host"})
                print(reads, "SELECT pg_backend_pid();", file=host.stdin, flush=True)
                host.stdout.readline()
                process = host.stdout.readline().strip()
                migrating = subprocess.Popen([TOOL, "--db", self.db, "migrate"], stdout=subprocess.PIPE,
                                             stderr=subprocess.PIPE, text=True)
                self.assertIn(f"callqueue: the migration waits for process {process} (the_host), in a transaction since ",
                              migrating.stderr.readline())
                host.communicate("COMMIT;\n", timeout=60)
                out, err = migrating.communicate(timeout=120)
                self.assertEqual((migrating.returncode, err), (0, ""), out)
                self.ok("migrate", "--down", "--to", 0)
                psql(self.db, "DROP TABLE contacts; "
                              "CREATE TABLE contacts (id uuid PRIMARY KEY, user_id uuid NOT NULL, phone_number text NOT NULL)")

    def test_a_server_that_refuses_is_told_from_one_that_is_not_there(self):
        role = f"{self.name}_locked"
        psql(SERVER, f"CREATE ROLE {role} NOLOGIN")
        self.addCleanup(psql, SERVER, f"DROP ROLE {role}")
        as_role = urllib.parse.urlsplit(self.db)._replace(netloc=f"{role}@").geturl()
        self.bad(1, "user", "list", "--db", as_role, db=False, says="refused the sign-in: ")
        self.bad(1, "user", "list", "--db", as_role, db=False, says=f'role "{role}" is not permitted to log in')
        self.bad(1, "user", "list", "--db", self.db.replace(f"/{self.name}?", "/nowhere?"), db=False,
                 says='refused the connection: connection to server')
        refused = self.bad(1, "user", "list", "--db", self.db.replace(f"/{self.name}?", "/nowhere?"), db=False)
        self.assertTrue(refused.err.endswith('FATAL: database "nowhere" does not exist\n'), refused.err)
        self.bad(1, "user", "list", "--db", "postgresql:///calls?host=/nowhere", db=False, says="cannot be reached: ")

    def test_preflight_names_a_schema_that_is_not_there_or_empty(self):
        self.bad(1, "preflight", "--schema", "nosuch", says="there is no schema nosuch")
        self.assertIn("· the schema public has none of the tables", self.ok("preflight").out)

    def test_limits_and_zone_of_a_user_without_a_name_can_be_set(self):
        user = "00000000-0000-4000-8000-00000000000a"
        psql(self.db, f"CREATE TABLE users (id uuid PRIMARY KEY, name text, timezone text); "
                      f"INSERT INTO users VALUES ('{user}', NULL, 'Nowhere/At_all')")
        self.migrated()
        self.ok("user", "limits", user, "--concurrent", 7)
        self.assertEqual(self.ok("user", "limits", user, "--json").json["concurrent_calls_limit"], 7)
        self.bad(2, "user", "limits", user, "--concurrent", "-1", says="negative")
        self.ok("user", "update", user, "--timezone", "Asia/Tokyo")
        self.assertEqual(psql(self.db, "SELECT name IS NULL, timezone FROM users"), "t|Asia/Tokyo")

    def test_sql_runs_in_psql_with_its_steps(self):
        script = self.file(self.ok("migrate", "--sql").out, "migrate.sql")
        subprocess.run(["psql", "--no-psqlrc", "-q", "-v", "ON_ERROR_STOP=1", "-d", self.db, "-f", script],
                       check=True, capture_output=True, timeout=60)
        self.assertEqual(psql(self.db, "SELECT count(*) FROM pg_index x JOIN pg_class c ON c.oid = x.indexrelid "
                                       "WHERE c.relname LIKE 'callqueue_calls_%' AND x.indisvalid"), "7")
        self.assertEqual(psql(self.db, "SELECT count(*) FROM pg_constraint WHERE NOT convalidated"), "0")

    def test_a_hosts_wider_tables_are_no_drift(self):
        psql(self.db, "CREATE TABLE users (id uuid PRIMARY KEY, plan text NOT NULL DEFAULT 'free');"
                      "CREATE TABLE contacts (id uuid PRIMARY KEY, user_id uuid NOT NULL REFERENCES users (id),"
                      " phone_number text NOT NULL, tags text[], UNIQUE (user_id, phone_number));"
                      "CREATE INDEX contacts_by_tag ON contacts USING gin (tags)")
        self.migrated()
        self.ok("verify")
        psql(self.db, "ALTER TABLE contacts DROP CONSTRAINT contacts_id_user_id_unique CASCADE")
        wrong = self.bad(1, "verify", says="failed").out
        self.assertIn("✗ foreign_key call_queue.call_queue_contact_id_fkey: is missing", wrong)
        self.assertIn("✗ key contacts.contacts_id_user_id_unique: is missing", wrong)


if __name__ == "__main__":
    unittest.main()
