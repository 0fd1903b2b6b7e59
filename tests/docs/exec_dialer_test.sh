#!/usr/bin/env bash
# exec_dialer_test.sh TOOL NODE: the dialer in docs/migrating_from_the_seed.md, beside a provider that accepts one call and
# refuses the other.
set -euo pipefail
tool=$1 node=$2 page=$(dirname "${BASH_SOURCE[0]}")/../../docs/migrating_from_the_seed.md
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
sed -n '/^ *```js$/,/^ *```$/{/```/d;p}' "$page" >"$folder/dialer.mjs"
cat >"$folder/provider.mjs" <<'JS'
export async function placeCall(call) {
  if (call.to === "+14155550124") throw Object.assign(new Error("no such route"), { refused: true });
  const completed = { call_id: call.reference, status: "completed", duration_seconds: 5 };
  setTimeout(() => process.stdout.write(JSON.stringify(completed) + "\n"), 10);
  return `provider-of-${call.reference}`;
}
JS
export CALLQUEUE_DB=sqlite:$folder/calls.db
"$tool" migrate >/dev/null
user=$("$tool" user add Ann)
"$tool" agent add --user "$user" --name Surveyor >/dev/null
printf 'name,phone_number\nAda,+14155550123\nBen,+14155550124\n' >"$folder/list.csv"
"$tool" import "$folder/list.csv" --user "$user" --agent Surveyor --name Spring --next-action survey --first-call 00:00 \
  --last-call 24:00 --start-date 2026-01-01 --start >/dev/null 2>&1
"$tool" run --exec "$node $folder/dialer.mjs" --until-idle >"$folder/said" 2>&1 || { cat "$folder/said"; exit 1; }
rows=$(sqlite3 "$folder/calls.db" "SELECT q.contact_name, q.status, ifnull(q.failure_reason, '-'), ifnull(c.provider_call_id, '') LIKE 'provider-of-%'
  FROM call_queue q JOIN calls c ON c.id = q.call_id ORDER BY 1")
expected=$'Ada|completed|-|1\nBen|failed|no such route|0'
[[ $rows == "$expected" ]] || { echo "$rows"; exit 1; }
