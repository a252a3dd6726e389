#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Who may include whom: the four rules that keep the tree's rooms apart.
#   1 include/sea includes <linux/types.h>, <stddef.h> and itself; bpf/ and user/ meet nowhere else
#   2 user/: lib < trace < inject < out < mains, downward only, written from user/'s root
#   3 a skeleton has one owner; libbpf is seen by attach, source, feature, types, log, arm, slots, witness only
#   4 agg, incident and the rest of trace/ that does no I/O never print; out/ never aggregates, and
#     knows of inject/ its results only; no renderer knows another, nobody knows a method
# Then each rule is shown a tree that breaks it, and has to notice.
# Prints TAP.
# shellcheck disable=SC2016  # the programs of awk are not for the shell to expand
set -euo pipefail
shopt -s inherit_errexit

cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

. tests/tap.sh

# "FILE TARGET" per #include of the tree in the current directory; TARGET with its <> or "".
list_includes() {
  find include user bpf -name '*.[chS]' -o -name '*.def' | sort \
    | xargs awk '/^[ \t]*#[ \t]*include[ \t]*[<"]/ {
        sub(/^[ \t]*#[ \t]*include[ \t]*/, "")
        match($0, /^(<[^>]*>|"[^"]*")/)
        print FILENAME, substr($0, RSTART, RLENGTH)
      }'
}

# The rules read list_includes and print a line per breach.

rule_1() {
  awk '
    { target = substr($2, 2, length($2) - 2) }
    $1 ~ /^include\// && target !~ /^sea\// && $2 != "<linux/types.h>" && $2 != "<stddef.h>" {
      print $1 ": includes " $2 ", which include/sea may not"
    }
    $1 ~ /^bpf\// && $2 !~ /^"bpf\/[^\/]*\.bpf\.h"$/ && $2 !~ /^<((sea|linux|asm|bpf)\/[^.]*\.(h|def)|std(bool|def|int)\.h)>$/ {
      print $1 ": includes " $2 ": bpf/ has itself, <sea/>, <linux/>, <bpf/> and <std*.h>"
    }
    $1 ~ /^user\// && target ~ /(^|\/)[^\/]*\.bpf\.[ch]$/ {
      print $1 ": includes " $2 ": bpf/ and user/ meet in include/sea only"
    }'
}

rule_2() {
  awk '
    BEGIN { level["lib"] = 1; level["trace"] = 2; level["inject"] = 3; level["out"] = 4 }
    $1 !~ /^user\// || $2 !~ /^"/ { next }
    {
      target = substr($2, 2, length($2) - 2)
      if (target ~ /^[^\/]*\.skel\.h$/)
        next
      split($1, from, "/")
      split(target, to, "/")
      # What lies in user/ itself belongs to the mains.
      own = (from[2] in level) ? level[from[2]] : 5
      other = (to[1] in level) ? level[to[1]] : 5
      if (target ~ /\.\./ || (target ~ /\// && other == 5))
        print $1 ": includes " $2 ", which is not written from user/'"'"'s root"
      else if (other > own)
        print $1 ": includes " $2 ": upward, or not written from user/'"'"'s root"
    }'
}

rule_3() {
  awk '
    function may_know_libbpf(file) {
      return file ~ /^user\/(trace\/(attach|source)|lib\/(feature|log|types)|inject\/(arm|slots|witness))\.c$/
    }
    # What `file` includes, directly or through headers of the tree.
    function reach(file,    i, n, next_files, header) {
      if (file in seen)
        return
      seen[file] = 1
      if (file in libbpf)
        found = found (found ? ", " : "") file " has " libbpf[file]
      n = split(quoted[file], next_files, " ")
      for (i = 1; i <= n; i++) {
        header = "user/" next_files[i]
        reach(header)
      }
    }
    $1 !~ /^user\// { next }
    { files[$1] = 1 }
    $2 ~ /^<bpf\// { libbpf[$1] = $2 }
    $2 ~ /^"/ { quoted[$1] = quoted[$1] " " substr($2, 2, length($2) - 2) }
    $2 ~ /\.skel\.h[>"]$/ {
      owners[$2] = owners[$2] " " $1
      if ($1 !~ /^user\/(trace\/attach|inject\/(arm|slots|witness))\.c$/)
        print $1 ": includes " $2 ", a skeleton that it cannot own"
    }
    END {
      for (skeleton in owners)
        if (split(owners[skeleton], each, " ") > 1)
          print skeleton ": has several owners:" owners[skeleton]
      for (file in files) {
        if (file !~ /\.c$/ || may_know_libbpf(file))
          continue
        split("", seen)
        found = ""
        reach(file)
        if (found)
          print file ": knows libbpf: " found
      }
    }'
}

# calls PATTERN FILE...: a line per call of a function whose name matches, comments aside
calls() {
  local pattern=$1

  shift
  awk -v pattern="(^|[^A-Za-z0-9_])($pattern)[ \t]*\\(" '
    FNR == 1 { inside = 0 }
    {
      code = ""
      for (rest = $0; rest != "";) {
        at = index(rest, inside ? "*/" : "/*")
        if (!inside)
          code = code (at ? substr(rest, 1, at - 1) : rest)
        rest = at ? substr(rest, at + 2) : ""
        if (at)
          inside = !inside
      }
      if (match(code, pattern)) {
        call = substr(code, RSTART, RLENGTH)
        gsub(/^[^A-Za-z_]|[ \t(]+$/, "", call)
        print FILENAME ": calls " call
      }
    }' "$@"
}

rule_4() {
  local print='v?f?d?printf|f?puts|f?putc|putchar|fwrite|perror|write|log_(error|warn|info|debug)'
  local aggregate='hist_(add|merge)|agg_(new|free|row|count|lap|outcome|add)'
  local -a files

  awk '
    # Parts of one renderer share the word before "_"; the room'"'"'s own header is for all.
    function stem(path) {
      sub(/^.*\//, "", path)
      sub(/[_.].*$/, "", path)
      return path
    }
    { target = substr($2, 2, length($2) - 2) }
    $1 ~ /^user\/out\// && target ~ /^inject\// && target !~ /^inject\/(outcome|verdict|result|baseline)\.h$/ {
      print $1 ": includes " $2 ": out/ knows results only"
    }
    $1 ~ /^user\/out\// && target ~ /^out\// && stem(target) != "out" && stem(target) != stem($1) {
      print $1 ": includes " $2 ", another renderer"
    }
    target ~ /^inject\/methods\// {
      print $1 ": includes " $2 ": a method is known by its row only"
    }'
  # attach and source report what the kernel refused; a recording is written, not printed
  mapfile -t files < <(find user/trace -name '*.[ch]' ! -name 'attach.[ch]' ! -name 'source.[ch]' \
    ! -name 'recording.[ch]')
  calls "$print" "${files[@]}"
  mapfile -t files < <(find user/out -name '*.[ch]')
  calls "$aggregate" "${files[@]}"
}

# breaches RULE DIRECTORY
breaches() {
  (
    cd "$2"
    list_includes | "rule_$1"
  )
}

# plant RULE FILE LINE: prints the breaches of the tree's copy with LINE at the end of FILE
plant() {
  local file=$work/tree/$2

  mkdir -p "$(dirname "$file")"
  touch "$file"
  cp "$file" "$work/saved"
  printf '\n%s\n' "$3" >> "$file"
  breaches "$1" "$work/tree"
  cp "$work/saved" "$file"
}

# planted RULE FILE LINE DESCRIPTION: LINE breaks RULE, and every breach names FILE
planted() {
  local found

  found=$(plant "$1" "$2" "$3")
  if [[ -z $found ]]; then
    tap "not ok" "rule $1 notices $4" "$2: $3"
  elif grep -qvF "$2" <<< "$found"; then
    tap "not ok" "rule $1 notices $4, and nothing else" "$found"
  else
    tap ok "rule $1 notices $4"
  fi
}

# allowed RULE FILE LINE DESCRIPTION: LINE does not break RULE
allowed() {
  local found

  found=$(plant "$1" "$2" "$3")
  if [[ -z $found ]]; then
    tap ok "rule $1 allows $4"
  else
    tap "not ok" "rule $1 allows $4" "$found"
  fi
}

for rule in 1 2 3 4; do
  found=$(breaches "$rule" .)
  if [[ -z $found ]]; then
    tap ok "the tree keeps rule $rule"
  else
    tap "not ok" "the tree keeps rule $rule" "$found"
  fi
done

mkdir "$work/tree"
cp -r include user bpf "$work/tree"

planted 1 include/sea/mark.h '#include <stdio.h>' 'a C library header in the contract'
planted 1 include/sea/new.h '#include "lib/log.h"' 'user/ in the contract'
planted 1 bpf/abort.bpf.c '#include "lib/util.h"' 'user/ in bpf/'
planted 1 bpf/common.bpf.h '#include <trace/vm.h>' 'user/ in bpf/, in other brackets'
planted 1 user/trace/mark.c '#include "bpf/kernel.bpf.h"' 'bpf/ in user/'
planted 1 user/lib/esr.c '#  include "../../bpf/common.bpf.h"' 'bpf/ in user/, by a path'
planted 2 user/lib/util.c '#include "trace/vm.h"' 'trace in lib'
planted 2 user/trace/agg.c '#include "out/out.h"' 'out in trace'
planted 2 user/inject/method.c '#include "out/out.h"' 'out in inject'
planted 2 user/trace/vm.c '#include "vm.h"' 'a path that is not from the root'
planted 2 user/lib/log.c '#include "../trace/vm.h"' 'a way around'
allowed 2 user/out/new.c '#include "trace/agg.h"' 'trace in out'
allowed 2 user/newmain.c '#include "out/out.h"' 'everything in a main'
planted 3 user/trace/source.c '#include "seatrace.skel.h"' 'a skeleton where it does not belong'
planted 3 user/inject/override.c '#include "seatrace.skel.h"' 'a second owner of a skeleton'
planted 3 user/trace/agg.c '#include <bpf/libbpf.h>' 'libbpf in agg'
planted 3 user/seatrace.c '#include "lib/planted.h"
#include <bpf/btf.h>' 'libbpf in a main'
planted 4 user/trace/agg.c 'void f(void) { fprintf (stderr, "x"); }' 'printing in agg'
planted 4 user/trace/incident.h 'static void f(void) { log_warn("x"); }' 'logging in incident'
planted 4 user/out/json.c 'void f(void) { hist_merge(a, b); }' 'aggregation in a renderer'
planted 4 user/out/json.c '#include "out/table.h"' 'a renderer in another'
planted 4 user/out/new.c '#include "inject/method.h"' 'injection in a renderer'
planted 4 user/inject/methods/einj.c '#include "inject/methods/page.h"' 'a method in another'
allowed 4 user/out/new.c '#include "inject/result.h"' 'results in a renderer'
allowed 4 user/inject/methods/einj.c '#include "inject/journal.h"' 'what methods share'
allowed 4 user/trace/agg.c '/* printf("x") */ void f(void) { snprintf(b, 1, "x"); }' 'comments'

# Behind a header it is the same: agg could not be compiled without libbpf.
found=$(plant 3 user/trace/vm.h '#include <bpf/libbpf.h>')
if [[ $found == *'user/trace/agg.c: knows libbpf: user/trace/vm.h'* ]]; then
  tap ok 'rule 3 notices libbpf behind a header'
else
  tap "not ok" 'rule 3 notices libbpf behind a header' "$found"
fi

done_testing
