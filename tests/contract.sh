#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The mark contract on every side that compiles it: the headers of include/sea have no holes and the
# same sizes for the BPF programs, for arm64 and for x86-64, and every row of marks.def has its
# struct. Then the same check is shown headers that break this, and has to notice.
# Prints TAP. CC, CROSS_CC and CLANG name other compilers.
set -euo pipefail

cd "$(dirname "$0")/.."
cc=${CC:-gcc}
cross_cc=${CROSS_CC:-aarch64-linux-gnu-gcc}
clang=${CLANG:-clang}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

. tests/tap.sh

# A translation unit with every header, and per row of marks.def: its struct exists, begins with the
# header, its ID is its own and fits the tables.
write_unit() {
  local header

  for header in include/sea/*.h; do
    echo "#include <sea/${header##*/}>"
  done
  cat << 'END'
#define SEA_MARK(stem, id, help)                                                             \
  _Static_assert(__builtin_offsetof(struct sea_##stem, hdr) == 0, #stem ": header first");   \
  _Static_assert(sizeof(struct sea_##stem) % 8 == 0, #stem ": records of a ring are aligned"); \
  _Static_assert((id) > 0 && (id) < SEA_MARK_ID_MAX, #stem ": ID");
#include <sea/marks.def>
#undef SEA_MARK
int ids_are_unique(int id);
int ids_are_unique(int id)
{
  switch (id) {
#define SEA_MARK(stem, id, help) case (id):
#include <sea/marks.def>
#undef SEA_MARK
    return 1;
  }
  return 0;
}
END
}

# compile SIDE INCLUDE_DIR: the unit against the headers in INCLUDE_DIR
compile() {
  local -a flags=(-std=gnu11 -Wall -Wextra -Wpadded -Werror -I"$2" -c "$work/unit.c" -o "$work/unit.o")
  case $1 in
  x86-64 | native) "$cc" "${flags[@]}" ;;
  arm64) "$cross_cc" "${flags[@]}" ;;
  bpf)
    # asm/types.h of the machine that builds is in the multiarch folder.
    "$clang" -target bpf -mcpu=v3 -O2 -I"/usr/include/$(uname -m)-linux-gnu" "${flags[@]}"
    ;;
  esac
}

# spoil NAME: a copy of the headers to break, as $work/NAME
spoil() {
  cp -r include "$work/$1"
}

# refused SIDE NAME PATTERN DESCRIPTION: the copy fails, and for the reason expected
refused() {
  if compile "$1" "$work/$2" > "$work/log" 2>&1; then
    tap "not ok" "$1: notices $4" "$(<"$work/log")"
  elif grep -qE "$3" "$work/log"; then
    tap ok "$1: notices $4"
  else
    tap "not ok" "$1: notices $4 (failed for another reason)" "$(<"$work/log")"
  fi
}

write_unit > "$work/unit.c"

spoil middle
sed -i '$ i struct sea_planted { struct sea_hdr hdr; __u8 one; __u32 four; };\
_Static_assert(sizeof(struct sea_planted) > 0, "laid out");' "$work/middle/sea/mark.h"
spoil tail
sed -i '$ i struct sea_planted { struct sea_hdr hdr; __u32 four; };\
_Static_assert(sizeof(struct sea_planted) > 0, "laid out");' "$work/tail/sea/mark.h"
spoil grown
sed -i 's/^struct sea_abort {$/&\n\t__u64 planted;/' "$work/grown/sea/mark.h"
spoil shifted
sed -i '/^struct sea_abort {$/,/^}/ { /struct sea_hdr hdr;/d; s/^\t__u64 kvm;/&\n\tstruct sea_hdr hdr;/ }' \
  "$work/shifted/sea/mark.h"
spoil orphan
echo 'SEA_MARK(planted, 63, "a row without a struct")' >> "$work/orphan/sea/marks.def"
spoil twice
sed -i '0,/^SEA_MARK(.*/ s//&\n&/' "$work/twice/sea/marks.def"

for side in x86-64 arm64 bpf; do
  if [[ $side == x86-64 && $(uname -m) != x86_64 ]]; then
    side=native
  fi
  if compile "$side" include > "$work/log" 2>&1; then
    tap ok "$side: no holes, sizes as stated, every row has its struct"
  else
    tap "not ok" "$side: no holes, sizes as stated, every row has its struct" "$(<"$work/log")"
  fi
  refused "$side" middle 'Werror[=,](-W)?padded' 'a hole between members'
  refused "$side" tail 'Werror[=,](-W)?padded' 'a hole at the end'
  refused "$side" grown 'bump SEA_ABI' 'a struct that grew without a new ABI number'
  refused "$side" shifted 'header first' 'a struct that does not begin with the header'
  refused "$side" orphan 'sea_planted' 'a row without a struct'
  refused "$side" twice 'duplicate case' 'an ID used twice'
done

done_testing
