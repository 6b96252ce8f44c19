// SPDX-License-Identifier: GPL-2.0-only
/* A shared mapping of a tmpfs file is truncated and extended again while another CPU faults on it. */
#include "cut.h"

#define ROUNDS 100

/* The rest of the page in which the new end is becomes zeros. */
static unsigned long kept_bytes(unsigned long size)
{
	return size;
}

int main(int argc, char **argv)
{
	unsigned rounds;

	ktap_start(argc, argv);
	need_two_cpus();
	ktap_plan(3 + CUT_RACE_CHECKS);
	rounds = race_cuts(steps(ROUNDS), MAP_SHARED, kept_bytes);
	check(cut.kept_wrong == 0, "contents below the cut are kept");
	check(cut.went_through == 0, "every access past the end gets SIGBUS");
	check(cut.past_wrong == 0, "bytes past the cut read as zeros once the file has grown again");
	check_race(rounds);
	printf("# words wrong: %lu kept, %lu past the cut; %lu accesses past the end went through\n",
	       cut.kept_wrong, cut.past_wrong, cut.went_through);
	write_events();
	return ktap_end();
}
