// SPDX-License-Identifier: GPL-2.0-only
/*
 * A private mapping of a tmpfs file, with every page written and so copied, while the file is truncated and extended
 * again and another CPU faults on the mapping. The truncation also removes the private copies of whole pages past the
 * end; the page in which the new end is keeps its copy, because that page is still in the file.
 */
#include "cut.h"

#define ROUNDS 80

static uint64_t private_pattern(unsigned page, unsigned word)
{
	return 0xb600000000000000u | (uint64_t)page << 16 | word;
}

/* The file itself: nothing may write it through a private mapping. */
static unsigned long wrong_in_file(const volatile uint64_t *file_area, unsigned long bytes)
{
	unsigned long position, wrong = 0;

	for (position = 0; position < bytes / 8; position += CHECKED_STRIDE)
		wrong += file_area[position] != 0;
	return wrong;
}

static unsigned long whole_pages(unsigned long bytes)
{
	return (bytes + PAGE - 1) & ~(PAGE - 1);
}

int main(int argc, char **argv)
{
	unsigned long kept_wrong = 0, tail_wrong = 0, file_wrong, missing = 0, size, kept;
	unsigned round;
	pthread_t thread;
	int file;

	ktap_start(argc, argv);
	need_two_cpus();
	ktap_plan(4 + CUT_RACE_CHECKS);
	catch_bus_errors();
	use_cpu(0);
	file = make_file("/tmp/cut", FILE_BYTES);
	cut.area = map(file, FILE_BYTES, MAP_PRIVATE);
	fill_pages(0, private_pattern);
	start_thread(&thread, toucher, NULL);
	for (round = 0; more_rounds(round, steps(ROUNDS)); round++) {
		size = choose_cut();
		kept = whole_pages(size);
		spin(chance() % 4096);
		cut_to(file, size);
		kept_wrong += wrong_words(0, kept, private_pattern);
		missing += missing_bus_errors(size);
		set_size(file, FILE_BYTES);
		kept_wrong += wrong_words(0, kept, private_pattern);
		tail_wrong += wrong_words(kept, FILE_BYTES, NULL);
		fill_pages(kept / PAGE, private_pattern);
	}
	cut.stop = 1;
	end_thread(thread);
	file_wrong = wrong_in_file((uint64_t *)map(file, FILE_BYTES, MAP_SHARED), FILE_BYTES);
	check(kept_wrong == 0, "private copies below the cut survive it");
	check(missing == 0, "every access past the end gets SIGBUS");
	check(tail_wrong == 0, "past the cut the file's zeros are seen again, no old private copy");
	check(file_wrong == 0, "nothing of the private copies reached the file");
	check_race(round);
	printf("# words wrong: %lu kept, %lu past the cut, %lu in the file; %lu accesses past the end went through\n",
	       kept_wrong, tail_wrong, file_wrong, missing);
	write_events();
	return ktap_end();
}
