#include "postgres/row_security.hpp"

namespace callqueue::postgres {
namespace {

// What was put in is noted in callqueue_made, so that taking it away takes nothing of the host's.
constexpr char kRole[] = "SELECT name FROM callqueue_made WHERE kind = 'row_security_role'";
constexpr char kGiveRole[] = "SELECT set_config('callqueue.tenant_role', $1, true)";

constexpr char kHidingTables[] =
    "SELECT string_agg(hides.name, ', ') FROM (" CALLQUEUE_HIDING_TABLES ") hides (name)";

constexpr char kWhyUnfit[] = R"sql(
  SELECT CASE
    WHEN r.rolbypassrls THEN 'it bypasses row-level security'
    WHEN EXISTS (SELECT 1 FROM pg_class c
                 WHERE c.relnamespace = quote_ident(current_schema())::regnamespace AND c.relkind = 'r'
                   AND pg_has_role(r.oid, c.relowner, 'MEMBER'))
      THEN 'it may act as the owner of the tables'
    WHEN has_schema_privilege(r.oid, current_schema(), 'CREATE')
      THEN 'it may create objects in the schema, which functions there would find: '
        || format('REVOKE CREATE ON SCHEMA %I FROM PUBLIC', current_schema())
    END
  FROM pg_roles r WHERE r.rolname = $1)sql";

// The restrictive policy holds for the role alone. A permissive one has to let rows through in the
// first place: for everybody, as without row-level security; where the host has its own in force,
// for the role only. The role's statements fire triggers that write what it may not write itself,
// so these run as their owner; pg_temp comes last in their search path, or a temporary table could
// stand in for one of ours.
constexpr char kPutIn[] = R"sql(
  DO $$
  DECLARE
    tenant CONSTANT text := current_setting('callqueue.tenant_role');
    wanted record;
    one_right text;
    is_hosts boolean;
  BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = tenant) THEN
      BEGIN
        EXECUTE format('CREATE ROLE %I NOLOGIN', tenant);
      EXCEPTION WHEN duplicate_object OR unique_violation THEN  -- For another database, a moment ago.
      END;
    END IF;
    INSERT INTO callqueue_made (kind, name) VALUES ('row_security_role', tenant);
    IF NOT has_schema_privilege(tenant, current_schema(), 'USAGE') THEN
      EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', current_schema(), tenant);
      INSERT INTO callqueue_made (kind, name) VALUES ('grant', 'USAGE');
    END IF;
    FOR wanted IN SELECT * FROM (VALUES
        ('users', 'id', ARRAY['SELECT']),  -- Limits are not the user's to set.
        ('agents', 'user_id', ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']),
        ('contacts', 'user_id', ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']),
        ('calls', 'user_id', ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']),
        ('call_campaigns', 'user_id', ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']),
        ('call_queue', 'user_id', ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']),
        ('callqueue_campaign_rules', 'user_id', ARRAY['SELECT', 'UPDATE']),
        ('callqueue_lanes', 'user_id', ARRAY['SELECT']),
        ('callqueue_imports', 'user_id', ARRAY[]::text[]),
        ('callqueue_import_contacts', 'user_id', ARRAY[]::text[]),
        ('callqueue_turns', 'user_id', ARRAY[]::text[]),
        ('callqueue_signals', 'user_id', ARRAY[]::text[]),
        ('callqueue_access_tokens', 'user_id', ARRAY[]::text[]),
        ('callqueue_import_errors', 'user_id', ARRAY[]::text[]),
        ('callqueue_request_keys', 'user_id', ARRAY[]::text[]),
        ('callqueue_migrations', NULL, ARRAY[]::text[])) w (tab, owner, rights)  -- See refuse_if_rows_are_hidden.
    LOOP
      CONTINUE WHEN to_regclass(quote_ident(wanted.tab)) IS NULL;  -- No migrations where verify tries this out.
      SELECT relrowsecurity INTO is_hosts FROM pg_class WHERE oid = to_regclass(quote_ident(wanted.tab));
      EXECUTE format('CREATE POLICY callqueue_everybody ON %I TO %s USING (true)', wanted.tab,
                     CASE WHEN is_hosts THEN quote_ident(tenant) ELSE 'PUBLIC' END);
      EXECUTE format('CREATE POLICY callqueue_own_rows ON %I AS RESTRICTIVE TO %I USING (%s)', wanted.tab, tenant,
                     coalesce(quote_ident(wanted.owner)
                       || ' = nullif(current_setting(''callqueue.user_id'', true), '''')::uuid', 'false'));
      IF NOT is_hosts THEN
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', wanted.tab);
        INSERT INTO callqueue_made (kind, name) VALUES ('row_security', wanted.tab);
      END IF;
      FOREACH one_right IN ARRAY wanted.rights LOOP
        CONTINUE WHEN has_table_privilege(tenant, wanted.tab, one_right);
        EXECUTE format('GRANT %s ON %I TO %I', one_right, wanted.tab, tenant);
        INSERT INTO callqueue_made (kind, name) VALUES ('grant', wanted.tab || '.' || one_right);
      END LOOP;
    END LOOP;
    FOR wanted IN
      SELECT oid::regprocedure AS function FROM pg_proc
      WHERE pronamespace = quote_ident(current_schema())::regnamespace AND prorettype = 'trigger'::regtype
        AND proname LIKE 'callqueue\_%' AND proconfig IS NOT NULL
    LOOP
      EXECUTE format('ALTER FUNCTION %s SECURITY DEFINER', wanted.function);
      INSERT INTO callqueue_made (kind, name) VALUES ('definer', wanted.function::text);
    END LOOP;
  END $$)sql";

constexpr char kTakeAway[] = R"sql(
  DO $$
  DECLARE
    tenant text;
    made record;
  BEGIN
    SELECT name INTO tenant FROM callqueue_made WHERE kind = 'row_security_role';
    FOR made IN
      SELECT tablename, policyname FROM pg_policies
      WHERE schemaname = current_schema() AND policyname IN ('callqueue_everybody', 'callqueue_own_rows')
    LOOP
      EXECUTE format('DROP POLICY %I ON %I', made.policyname, made.tablename);
    END LOOP;
    FOR made IN SELECT kind, name, split_part(name, '.', 1) AS tab, split_part(name, '.', 2) AS one_right
      FROM callqueue_made
    LOOP
      CASE made.kind
        WHEN 'row_security' THEN EXECUTE format('ALTER TABLE %I DISABLE ROW LEVEL SECURITY', made.tab);
        WHEN 'definer' THEN EXECUTE format('ALTER FUNCTION %s SECURITY INVOKER', made.name);
        WHEN 'grant' THEN
          IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = tenant) THEN  -- Its grants went with it.
          ELSIF made.name = 'USAGE' THEN
            EXECUTE format('REVOKE USAGE ON SCHEMA %I FROM %I', current_schema(), tenant);
          ELSE
            EXECUTE format('REVOKE %s ON %I FROM %I', made.one_right, made.tab, tenant);
          END IF;
        ELSE
      END CASE;
    END LOOP;
    DELETE FROM callqueue_made WHERE kind IN ('row_security_role', 'row_security', 'grant', 'definer');
  END $$)sql";

}  // namespace

std::optional<std::string> row_security_role(Connection& connection) {
  return connection.value<std::string>(kRole);
}

void put_row_security_in(Connection& connection, const std::string& role) {
  connection.query(kGiveRole, role);
  connection.execute(kPutIn);
}

void take_row_security_away(Connection& connection) {
  if (row_security_role(connection)) connection.execute(kTakeAway);
}

void refuse_if_rows_are_hidden(Connection& connection) {
  const auto tables = connection.value<std::string>(kHidingTables);
  if (!tables) return;
  throw Failure{
      ErrorCode::corrupt,
      "row-level security hides rows of " + *tables +
          " from this role: it inherits from the role of the tenants, and may not, or the "
          "host's policies are to let it see all rows",
      "url"};
}

std::optional<std::string> why_role_is_unfit(Connection& connection, const std::string& role) {
  return connection.value<std::string>(kWhyUnfit, role);
}

}  // namespace callqueue::postgres
