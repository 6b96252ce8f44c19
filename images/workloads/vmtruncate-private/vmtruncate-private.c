// SPDX-License-Identifier: GPL-2.0-only
/*
 * A private mapping of a tmpfs file, with every page written and so copied, while the file is truncated and extended
 * again and another CPU faults on the mapping. The truncation also removes the private copies of whole pages past the
 * end; the page in which the new end is keeps its copy, because that page is still in the file.
 */
#include "cut.h"

#define ROUNDS 80

/* The file itself: nothing may write it through a private mapping. */
static unsigned long wrong_in_file(const volatile uint64_t *file_area, unsigned long bytes)
{
	unsigned long position, wrong = 0;

	for (position = 0; position < bytes / 8; position += CHECKED_STRIDE)
		wrong += file_area[position] != 0;
	return wrong;
}

/* The page in which the new end is keeps its copy. */
static unsigned long kept_bytes(unsigned long size)
{
	return (size + PAGE - 1) & ~(PAGE - 1);
}

int main(int argc, char **argv)
{
	unsigned long file_wrong;
	unsigned rounds;

	ktap_start(argc, argv);
	need_two_cpus();
	ktap_plan(4 + CUT_RACE_CHECKS);
	rounds = race_cuts(steps(ROUNDS), MAP_PRIVATE, kept_bytes);
	file_wrong = wrong_in_file((uint64_t *)map(cut.file, FILE_BYTES, MAP_SHARED), FILE_BYTES);
	check(cut.kept_wrong == 0, "private copies below the cut survive it");
	check(cut.went_through == 0, "every access past the end gets SIGBUS");
	check(cut.past_wrong == 0, "past the cut the file's zeros are seen again, no old private copy");
	check(file_wrong == 0, "nothing of the private copies reached the file");
	check_race(rounds);
	printf("# words wrong: %lu kept, %lu past the cut, %lu in the file; %lu accesses past the end went through\n",
	       cut.kept_wrong, cut.past_wrong, file_wrong, cut.went_through);
	write_events();
	return ktap_end();
}
