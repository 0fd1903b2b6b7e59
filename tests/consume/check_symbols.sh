#!/usr/bin/env bash
# check_symbols.sh LIBRARY: a shared library of ours has a soname and shows its API alone: of our own names those of namespace
# callqueue, none of what lies below it or in an unnamed one, and nobody else's but what the compiler makes of templates.
#
# check_symbols.sh --self-test: the check sees what it is there for.
set -euo pipefail

# Reads lines of `nm -DC --defined-only`, prints those that should not be there, and fails if there is one.
check_names() {
  awk '
    { line = $0; sub(/^[0-9a-f]* /, ""); kind = $1; sub(/^. /, ""); name = $0 }
    /callqueue::(sqlite|postgres|detail|json|csv)::|\(anonymous namespace\)|::Impl(::|$)|simdjson|nlohmann|i18n::/ { print "inside: " line; bad = 1; next }
    kind ~ /[TDBR]/ && name !~ /^callqueue::/ && name !~ /^cq_/ { print "not ours: " line; bad = 1; next }
    kind ~ /[TDBR]/ { count++ }
    END { if (!count) { print "nothing is shown"; bad = 1 }; exit bad }
  '
}

self_test() {
  local good="0001 T callqueue::version()" line
  check_names <<<"$good"
  check_names <<<"$good"$'\n'"0002 W std::vector<int>::push_back(int)"
  for line in "0003 T callqueue::sqlite::Store::claim()" "0003 W callqueue::detail::work()" \
      "0003 T callqueue::Processor::Impl::round()" "0003 B counter" \
      "0003 V typeinfo for callqueue::postgres::Session" "0003 T callqueue::(anonymous namespace)::x()"; do
    if check_names <<<"$good"$'\n'"$line"; then echo "not seen: $line"; return 1; fi
  done
  if check_names <<<"0003 W std::vector<int>::push_back(int)"; then return 1; fi
}

if [[ $1 == --self-test ]]; then
  self_test
else
  nm -DC --defined-only "$1" | check_names
  readelf -d "$1" | grep -E 'SONAME.*\[libcallqueue[a-z_]*\.so\.[0-9]+\]'
fi
