#!/usr/bin/env bash
# pkg_config.sh PREFIX SOURCE FOLDER: compiles the program by what pkg-config says of the tree at PREFIX, against the shared
# library and against the static one, and runs both.
set -euo pipefail
export PKG_CONFIG_PATH=$1/lib/pkgconfig
here=$(dirname "${BASH_SOURCE[0]}")
mkdir -p "$3"
read -ra flags <<<"$(pkg-config --cflags callqueue)"
c++ -std=c++20 "${flags[@]}" -c "$2" -o "$3/program.o"
read -ra shared <<<"$(pkg-config --libs callqueue)"
c++ "$3/program.o" "${shared[@]}" -Wl,-rpath,"$1/lib" -o "$3/shared"
"$here/run_consumer.sh" shared "$3/shared"
# The archive by its name, for the linker would take the shared library.
read -ra static <<<"$(pkg-config --static --libs callqueue)"
c++ "$3/program.o" "${static[@]/#-lcallqueue/-l:libcallqueue.a}" -o "$3/static"
"$here/run_consumer.sh" none "$3/static"
read -ra access <<<"$(pkg-config --libs callqueue-access)"
[[ " ${access[*]} " == *" -lcallqueue_access "* && " ${access[*]} " == *" -lcallqueue "* ]]
