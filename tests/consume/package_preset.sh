#!/usr/bin/env bash
# package_preset.sh ROOT FOLDER: the preset of what is installed builds libraries and tool, and nothing for tests.
set -euo pipefail
rm -rf "$2"
cmake -S "$1" --preset package -B "$2" >/dev/null
has() { grep -qx "CALLQUEUE_$1:BOOL=$2" "$3/CMakeCache.txt" || { echo "$1 is not $2"; exit 1; }; }
for name in SHARED C ACCESS CLI SQLITE POSTGRES INSTALL; do has "$name" ON "$2"; done
for name in FAILPOINTS TESTS EXAMPLES PYTHON; do has "$name" OFF "$2"; done
test -f "$2/CPackConfig.cmake"
