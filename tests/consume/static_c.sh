#!/usr/bin/env bash
# static_c.sh ROOT GENERATOR PREFIX SOURCE FOLDER OBJECT;…: the C API as a static library, made of its objects: a C program is
# linked by what pkg-config says of a build without shared libraries, and needs none of ours.
set -euo pipefail
root=$1 generator=$2 prefix=$3 source=$4 folder=$5
IFS=';' read -ra objects <<<"$6"
here=$(dirname "${BASH_SOURCE[0]}")
rm -rf "$folder"
off=(-DCALLQUEUE_{SHARED,C_SHARED,ACCESS,CLI,EXAMPLES,TESTS}=OFF)
cmake -S "$root" -B "$folder/build" -G "$generator" -DCALLQUEUE_POSTGRES=ON "${off[@]}" >/dev/null
mkdir -p "$folder/lib/pkgconfig"
cp "$folder"/build/*.pc "$folder/lib/pkgconfig"
cp "$prefix/lib/libcallqueue.a" "$folder/lib"
ln -s "$prefix/include" "$folder/include"
ar rcs "$folder/lib/libcallqueue_c.a" "${objects[@]}"
read -ra flags <<<"$(PKG_CONFIG_PATH=$folder/lib/pkgconfig pkg-config --cflags --libs callqueue-c)"
cc -std=c11 "$source" "${flags[@]}" -o "$folder/client"
"$here/run_consumer.sh" none "$folder/client"
read -ra flags <<<"$(PKG_CONFIG_PATH=$folder/lib/pkgconfig pkg-config --cflags --libs callqueue)"
[[ " ${flags[*]} " == *" -lphonenumber "* ]]
