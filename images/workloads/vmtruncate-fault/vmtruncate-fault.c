// SPDX-License-Identifier: GPL-2.0-only
/* A shared mapping of a tmpfs file is truncated and extended again while another CPU faults on it. */
#include "cut.h"

#define ROUNDS 100

static uint64_t pattern(unsigned page, unsigned word)
{
	return 0xa500000000000000u | (uint64_t)page << 16 | word;
}

int main(int argc, char **argv)
{
	unsigned long kept_wrong = 0, tail_wrong = 0, missing = 0, size;
	unsigned round;
	pthread_t thread;
	int file;

	ktap_start(argc, argv);
	need_two_cpus();
	ktap_plan(3 + CUT_RACE_CHECKS);
	catch_bus_errors();
	use_cpu(0);
	file = make_file("/tmp/cut", FILE_BYTES);
	cut.area = map(file, FILE_BYTES, MAP_SHARED);
	fill_pages(0, pattern);
	start_thread(&thread, toucher, NULL);
	for (round = 0; more_rounds(round, steps(ROUNDS)); round++) {
		size = choose_cut();
		spin(chance() % 4096);
		cut_to(file, size);
		kept_wrong += wrong_words(0, size, pattern);
		missing += missing_bus_errors(size);
		set_size(file, FILE_BYTES);
		kept_wrong += wrong_words(0, size, pattern);
		tail_wrong += wrong_words(size, FILE_BYTES, NULL);
		fill_pages(size / PAGE, pattern);
	}
	cut.stop = 1;
	end_thread(thread);
	check(kept_wrong == 0, "contents below the cut are kept");
	check(missing == 0, "every access past the end gets SIGBUS");
	check(tail_wrong == 0, "bytes past the cut read as zeros once the file has grown again");
	check_race(round);
	printf("# words wrong: %lu kept, %lu past the cut; %lu accesses past the end went through\n",
	       kept_wrong, tail_wrong, missing);
	write_events();
	return ktap_end();
}
