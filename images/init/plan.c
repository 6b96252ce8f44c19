// SPDX-License-Identifier: GPL-2.0-only
/* /plan: a line for each workload, and what the kernel's command line changes of it. */
#include "init.h"
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PLAN_LIMIT 256

struct entry plan[PLAN_LIMIT];
int plan_length;
static char chosen_seed[32];

static int is_plain_name(const char *name)
{
	const char *letter;

	for (letter = name; *letter; letter++)
		if (!isalnum((unsigned char)*letter) && !strchr("-_.", *letter))
			return 0;
	return name[0] && name[0] != '.';
}

/* Splits one line of the plan into an entry; 0 if the line is empty, -1 if it is wrong. */
static int parse_entry(struct entry *entry)
{
	char *word, *rest = entry->line, *end;
	int count = 0;

	entry->line[strcspn(entry->line, "#\r\n")] = 0;
	while ((word = strsep(&rest, " \t")) != NULL) {
		if (!word[0])
			continue;
		if (count == ARGUMENT_LIMIT)
			return -1;
		entry->arguments[count++] = word;
	}
	if (count == 0)
		return 0;
	if (count < 3 || !is_plain_name(entry->arguments[0]))
		return -1;
	entry->name = entry->arguments[0];
	entry->timeout = strtol(entry->arguments[1], &end, 10);
	if (*end || entry->timeout < 1 || entry->timeout > 1000000)
		return -1;
	entry->seed = entry->arguments[2];
	entry->argument_count = count - 3;
	memmove(entry->arguments, entry->arguments + 3, entry->argument_count * sizeof(char *));
	return 1;
}

/* `drydock.seed` replaces the seed of each workload, so that one archive serves for many seeds. */
static void choose_seed(void)
{
	int i;

	if (!command_line_value("drydock.seed", chosen_seed, sizeof(chosen_seed)))
		return;
	for (i = 0; i < plan_length; i++)
		plan[i].seed = chosen_seed;
}

/* `drydock.only=NAME` leaves out the other workloads. */
static void choose_workload(void)
{
	char name[LINE_LIMIT];
	int i;

	if (!command_line_value("drydock.only", name, sizeof(name)))
		return;
	for (i = 0; i < plan_length && strcmp(plan[i].name, name) != 0; i++)
		;
	if (i == plan_length)
		fail("drydock.only=%s is not in /plan", name);
	plan[0] = plan[i];
	plan_length = 1;
}

/* While a failure is being minimised: the thousandths of a workload's steps, or VMAs, that ktap.h uses. */
static void pass_on(const char *key, const char *name)
{
	char value[32];

	if (command_line_value(key, value, sizeof(value)))
		setenv(name, value, 1);
}

void read_plan(void)
{
	struct entry *entry;
	int number = 0, result;
	FILE *file = fopen("/plan", "r");

	if (!file)
		fail("open /plan: %s", strerror(errno));
	for (;;) {
		if (plan_length == PLAN_LIMIT)
			fail("/plan holds more than %d workloads", PLAN_LIMIT - 1);
		entry = &plan[plan_length];
		if (!fgets(entry->line, sizeof(entry->line), file))
			break;
		number++;
		if (strlen(entry->line) == sizeof(entry->line) - 1)
			fail("/plan line %d is longer than %d bytes", number, LINE_LIMIT - 2);
		result = parse_entry(entry);
		if (result < 0)
			fail("/plan line %d is not `name timeout seed [arguments]`", number);
		plan_length += result;
	}
	fclose(file);
	choose_seed();
	choose_workload();
	pass_on("drydock.steps", "DRYDOCK_STEPS");
	pass_on("drydock.areas", "DRYDOCK_AREAS");
}
