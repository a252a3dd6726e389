/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the harnesses share: invariants, an input taken apart, files without a disk, caught output.
 * For tests only. Must not know: what is fuzzed.
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <limits.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* libFuzzer's, see its FuzzerInterface.h. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed);

/* Ends the process with one line that says which invariant does not hold, also while stderr is caught. */
#define FUZZ_CHECK(what, ...)                                                 \
	do {                                                                  \
		if (!(what))                                                  \
			fuzz_fail(__FILE__, __LINE__, #what, "" __VA_ARGS__); \
	} while (0)
void fuzz_fail(const char *file, int line, const char *what, const char *format, ...)
	__attribute__((noreturn, format(printf, 4, 5)));

/* An input, read from its beginning; past its end there are zeros. */
struct fuzz_input {
	const uint8_t *at, *end;
};
uint64_t fuzz_take(struct fuzz_input *in, unsigned bytes);
/* A copy of the next `len` bytes with a NUL behind, exactly as large: free it. */
char *fuzz_text(struct fuzz_input *in, size_t len);
size_t fuzz_left(const struct fuzz_input *in);

/* A file in memory with a path; its descriptor stays open for the whole run. */
struct fuzz_file {
	int fd;
	char path[32];
};
void fuzz_file_set(struct fuzz_file *file, const void *data, size_t len);
char *fuzz_file_text(struct fuzz_file *file, size_t *len); /* free it */

/* "/dev/shm/...", a directory for this process, emptied at exit. */
const char *fuzz_dir(void);

/* What is printed between the two: through `stdout`, and to descriptor 2. */
struct fuzz_said {
	char *out, *err;
	size_t out_len, err_len;
};
void fuzz_catch(struct fuzz_said *said);
void fuzz_caught(struct fuzz_said *said);
void fuzz_drop(struct fuzz_said *said);

/* One line on stderr, as every program's error is; nothing when there was none. */
void fuzz_check_error(const struct fuzz_said *said, int failed);

/* Two texts are equal; else the first line that differs is said. `what` they are. */
void fuzz_check_same(const char *a, size_t a_len, const char *b, size_t b_len, const char *what);

/* Valid UTF-8 without control characters but those of `allowed`. */
int fuzz_is_clean(const char *text, size_t len, const char *allowed);

#endif
