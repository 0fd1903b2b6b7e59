#!/usr/bin/env bash
# check_archive.sh BUILD FOLDER [SOURCE]: CPack makes an archive that holds what is installed. Unpacked into an empty folder, it
# serves a C program (SOURCE) and has a tool that runs.
set -euo pipefail
rm -rf "$2"
cpack -G TGZ --config "$1/CPackConfig.cmake" -B "$2" >/dev/null
(cd "$2" && sha256sum --quiet -c ./*.sha256)
tar -tzf "$2"/libcallqueue-*.tar.gz | sed 's|^[^/]*/||' | sort >"$2/names"
for name in bin/callqueue include/callqueue.hpp include/callqueue/store.hpp lib/libcallqueue.a lib/libcallqueue.so.0 \
    lib/cmake/callqueue/callqueueConfig.cmake lib/pkgconfig/callqueue.pc share/doc/callqueue/LICENSE; do
  grep -qx "$name" "$2/names" || { echo "$name is not in the archive"; exit 1; }
done
[[ $# -gt 2 ]] || exit 0
mkdir "$2/unpacked"
tar -xzf "$2"/libcallqueue-*.tar.gz -C "$2/unpacked" --strip-components=1
"$2/unpacked/bin/callqueue" --version >/dev/null
read -ra flags <<<"$(PKG_CONFIG_PATH=$2/unpacked/lib/pkgconfig pkg-config --cflags --libs callqueue-c)"
cc -std=c11 "$3" "${flags[@]}" -Wl,-rpath,"$2/unpacked/lib" -o "$2/client"
"$(dirname "${BASH_SOURCE[0]}")/run_consumer.sh" shared "$2/client"
