#!/usr/bin/env bash
# check_archive.sh BUILD FOLDER: CPack makes an archive that holds what is installed.
set -euo pipefail
rm -rf "$2"
cpack -G TGZ --config "$1/CPackConfig.cmake" -B "$2" >/dev/null
(cd "$2" && sha256sum --quiet -c ./*.sha256)
tar -tzf "$2"/libcallqueue-*.tar.gz | sed 's|^[^/]*/||' | sort >"$2/names"
for name in bin/callqueue include/callqueue.hpp include/callqueue/store.hpp lib/libcallqueue.a lib/libcallqueue.so.0 \
    lib/cmake/callqueue/callqueueConfig.cmake lib/pkgconfig/callqueue.pc share/doc/callqueue/LICENSE; do
  grep -qx "$name" "$2/names" || { echo "$name is not in the archive"; exit 1; }
done
