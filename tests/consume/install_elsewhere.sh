#!/usr/bin/env bash
# install_elsewhere.sh BUILD PREFIX: installs what was built, then moves all of it to PREFIX: it has to work wherever it lies.
set -euo pipefail
rm -rf "$2" "$2-before"
cmake --install "$1" --prefix "$2-before" >/dev/null
mv "$2-before" "$2"
test "$("$2/bin/callqueue" --version)" = "$(sed -n 's/^Version: //p' "$2/lib/pkgconfig/callqueue.pc")"
test -f "$2/share/doc/callqueue/LICENSE"
# Nothing of it says where it was built.
if grep -rIl -e "$1" -e "$2-before" "$2"; then exit 1; fi
