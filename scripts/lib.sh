# Shared by the scripts in this folder, which source it. What they say on their way goes to standard
# error, so that standard output carries results only.
# shellcheck shell=bash disable=SC2034
set -euo pipefail
export LC_ALL=C.UTF-8

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
name=$(basename "$0")

# What each job needs, by Debian's names. A new dependency is added here and nowhere else.
packages_build=(
  g++ cmake ninja-build
  libboost-test-dev libcctz-dev libcli11-dev libexpected-dev libfccp-dev libfmt-dev
  libphonenumber-dev libpq-dev librapidcheck-dev libsimdjson-dev libspdlog-dev libsqlite3-dev
  libssl-dev nlohmann-json3-dev prometheus-cpp-dev pybind11-dev python3-dev tzdata
)
packages_demo=(sqlite3)  # To look at the database it leaves behind.
packages_test=(
  chromium-headless-shell curl jq mypy pgbouncer pkg-config postgresql python3 python3-jsonschema python3-pip python3-pytest
  python3-setuptools python3-venv python3-websocket python3-wheel python3-yaml sqlite3 valgrind
)
packages_sanitize=(clang-16 libclang-rt-16-dev llvm-16)  # llvm: names in what they report.
packages_bench=(libbenchmark-dev nginx-light)  # nginx: what the REST server is measured against.
packages_docs=(doxygen)
packages_format=(clang-format)
packages_tidy=(clang-tidy)
packages_node=(nodejs npm)  # By need_node.

say() { printf '%s: %s\n' "$name" "$*" >&2; }
die() { say "$1"; exit "${2:-1}"; }

# Prints a script's own header comment, which is its help.
usage() { sed -n '2,/^[^#]/{/^#/!d;s/^# \{0,1\}//;p}' "$0"; }

installed() { [[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]; }

# The words that put apt-get to work, or nothing if this account may not install.
as_root() {
  command -v apt-get >/dev/null || return 1
  if [[ $(id -u) == 0 ]]; then
    echo env
  elif command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [[ -t 0 ]]; }; then
    echo sudo env
  else
    return 1
  fi
}

# need PACKAGE…: installs what is missing, and touches apt only if something is.
need() {
  local missing=() apt=() package prefix log
  for package in "$@"; do installed "$package" || missing+=("$package"); done
  [[ ${#missing[@]} -gt 0 ]] || return 0
  local list="apt-get install ${missing[*]}"
  prefix=$(as_root) || die "these packages are missing and cannot be installed from here: $list" 2
  say "installing what is missing: ${missing[*]}"
  log=$(mktemp)
  read -ra apt <<<"$prefix DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300"
  # A source that cannot be reached matters only if what is missing comes from it: install decides.
  if ! { "${apt[@]}" update; "${apt[@]}" install --no-install-recommends "${missing[@]}"; } \
      </dev/null >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    rm -f "$log"
    die "apt-get failed; install these packages, then run this again: $list" 2
  fi
  rm -f "$log"
}

# Node.js with npm, of whatever origin: other makers' packages of it bring npm along, and Debian's npm cannot stand
# beside those.
need_node() {
  if ! { command -v node && command -v npm; } >/dev/null; then need "${packages_node[@]}"; fi
}

# How many compilers at once: one a core, and no more than memory holds (about 1 GB each).
jobs() {
  local cores memory
  cores=$(nproc)
  memory=$(awk '/^MemAvailable/ {print int($2 / 1000000)}' /proc/meminfo 2>/dev/null || true)
  if [[ -n $memory && $memory -lt $cores ]]; then cores=$((memory > 0 ? memory : 1)); fi
  echo "$cores"
}
