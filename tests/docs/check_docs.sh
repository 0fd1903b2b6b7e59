#!/usr/bin/env bash
# check_docs.sh readme|links|names
#
#   readme  the C++ program in README.md is examples/quickstart.cpp, to the letter
#   links   every relative link in a Markdown file leads to a file
#   names   every name of ours in docs/from_the_seed.md is in the tree
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

check_readme() {
  diff -u examples/quickstart.cpp <(sed -n '/^```cpp$/,/^```$/{/^```/d;p}' README.md)
}

check_links() {
  local status=0 file target
  for file in *.md docs/*.md; do
    while read -r target; do
      [[ -e $(dirname "$file")/$target ]] || { echo "$file: $target is not there"; status=1; }
    done < <(awk '/^ *```/ {code = !code} !code' "$file" | grep -oE '\]\([^)#]+' | sed 's/^](//' | grep -v '^https\?:' || true)
  done
  return "$status"
}

# A path must exist; a command line must have its words in src/cli; of anything else the last
# identifier must stand in the tree.
name_exists() {
  local name=$1
  case $name in
    */* | *.md) [[ -e $name ]] ;;
    *.csv) [[ -n $(find . -path ./build -prune -o -name "$name" -print) ]] ;;
    "callqueue "*) grep -rqw "${name##* }" src/cli ;;
    *) grep -rqw "${name##*::}" include src migrations ;;
  esac
}

check_names() {
  local status=0 count=0 name
  while read -r name; do
    count=$((count + 1))
    name_exists "$name" || { echo "docs/from_the_seed.md: $name is not there"; status=1; }
  done < <(grep '^|' docs/from_the_seed.md | cut -d'|' -f3 | grep -oE '`[^`]+`' | tr -d '`' | sort -u)
  [[ $count -gt 100 ]] || { echo "only $count names were found: has the table's form changed?"; status=1; }
  return "$status"
}

"check_$1"
