# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# A folder of tests: which files of it are tests, and which of those are meant. It must not run one
# (host/run-tests does, inside the host). Needs base.sh.
#
# A test is a file whose name begins with a digit and that is a script (NAME.sh) or executable; all
# else is there for the tests. A line at its head tells its groups: "# Groups: all every". One without such
# a line is in `all`. Another tells what must be in the host that other boots do without: "# Needs: vmm".

# tests_in FOLDER: the tests' files, in order.
tests_in() {
	local file
	for file in "$1"/[0-9]*; do
		[[ -f $file && ( $file == *.sh || -x $file ) ]] && printf '%s\n' "${file##*/}"
	done
	return 0
}

test_head() { head -n 20 -- "$1" | tr -d '\0' | sed -n "s/^# $2: *//p"; }	# test_head FILE KEY

tests_groups() { # tests_groups FILE
	local groups
	groups=$(test_head "$1" Groups)
	echo " ${groups:-all} "
}

# tests_need FOLDER WHAT FILE...: whether one of these needs it.
tests_need() {
	local folder=$1 what=$2 file
	for file in "${@:3}"; do
		[[ " $(test_head "$folder/$file" Needs) " != *" $what "* ]] || return 0
	done
	return 1
}

# tests_select FOLDER GROUP PATTERN: those of the group whose name has PATTERN in it, or matches it where
# it is a shell pattern. Fails, with words, when there is none.
tests_select() {
	local folder=$1 group=$2 pattern=$3 file found=
	[[ $pattern == *[*?[]* ]] || pattern="*$pattern*"
	while read -r file; do
		# shellcheck disable=SC2053 # the right side is a pattern on purpose
		[[ ${file%.sh} == $pattern && $(tests_groups "$folder/$file") == *" $group "* ]] || continue
		printf '%s\n' "$file"
		found=1
	done < <(tests_in "$folder")
	[[ -n $found ]]
}

# check_tests FOLDER: or end, with words.
check_tests() {
	local twice
	[[ -d $1 ]] || die_usage "--tests $1: no such folder"
	[[ -n $(tests_in "$1") ]] ||
		die_usage "--tests $1: no test in it: files NN-NAME.sh, or executables whose names begin with a digit"
	[[ $(tests_in "$1" | tr '\n' /) != *[[:space:]]* ]] || die_usage "--tests $1: a test's name with a blank in it"
	twice=$(tests_in "$1" | sed 's/\.sh$//' | sort | uniq -d | tr '\n' ' ')
	[[ -z $twice ]] || die_usage "--tests $1: two tests of one name: $twice"
}

# tests_named FOLDER NAME...: the files of these tests, with or without their .sh.
tests_named() {
	local name folder=$1
	shift
	for name; do
		if [[ -n $name && -f $folder/$name.sh ]]; then
			printf '%s.sh\n' "$name"
		elif [[ -n $name && -f $folder/$name && $name != */* ]]; then
			printf '%s\n' "$name"
		else
			die_usage "no test $name in $folder, which has $(tests_in "$folder" | sed 's/\.sh$//' | tr '\n' ' ')"
		fi
	done
}
