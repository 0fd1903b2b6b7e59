#!/usr/bin/env bash
# run_consumer.sh shared|none PROGRAM: the program says what it should, and needs our shared library, or does not.
set -euo pipefail
"$2" | grep -qx 'calling Ada'
needs=$(readelf -d "$2" | sed -n 's/.*NEEDED.*\[\(libcallqueue.*\)\]/\1/p')
case $1 in
  shared) [[ $needs == libcallqueue*.so.0 ]] ;;
  none) [[ -z $needs ]] ;;
esac || { echo "$2 needs '$needs'"; exit 1; }
