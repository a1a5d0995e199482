// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <getopt.h>
#include <stdbool.h>

#include "alloc.h"
#include "cli.h"

int cli_close_output(void)
{
	bool bad = ferror(stdout);

	errno = 0;
	if (!fclose(stdout) && !bad)
		return EXIT_SUCCESS;
	if (errno)
		warn("cannot write the output");
	else
		warnx("cannot write the output");
	return EXIT_FAILURE;
}

static __attribute__((noreturn)) void hint(const char *command)
{
	warnx("try 'kvm-exits help%s%s'", command ? " " : "", command ? command : "");
	exit(CLI_USAGE);
}

void cli_usage(const char *command, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vwarnx(fmt, ap);
	va_end(ap);
	hint(command);
}

/* Return "--dump N"; the caller frees it. */
static char *long_form(const struct cli_option *option)
{
	return text("--%s%s%s", option->name, option->argument ? " " : "",
		    option->argument ? option->argument : "");
}

static void print_option(const struct cli_option *option, int width)
{
	char *form = long_form(option);

	printf("  -%c, %-*s  ", option->letter, width, form);
	free(form);
	for (const char *s = option->help; *s; s++) {
		putchar(*s);
		if (*s == '\n')
			printf("%*s", width + 8, "");
	}
	putchar('\n');
}

static __attribute__((noreturn)) void print_help(const struct cli *cli)
{
	static const struct cli_option help = { 'h', "help", NULL, "print this help" };
	int width = strlen("--help");

	for (const struct cli_option *option = cli->options; option->letter; option++) {
		char *form = long_form(option);

		if ((int)strlen(form) > width)
			width = strlen(form);
		free(form);
	}
	printf("Usage: kvm-exits %s %s\n\n%s\n", cli->command, cli->synopsis, cli->about);
	for (const struct cli_option *option = cli->options; option->letter; option++)
		print_option(option, width);
	print_option(&help, width);
	if (cli->notes)
		printf("\n%s", cli->notes);
	exit(cli_close_output());
}

/* Describe the options to getopt_long(). */
static void prepare(struct cli *cli, int argc)
{
	size_t n = 0;
	char *p;

	while (cli->options[n].letter)
		n++;
	cli->args = must(calloc(argc + 1, sizeof(*cli->args)));
	cli->getopt = must(calloc(n + 2, sizeof(*cli->getopt)));
	p = cli->letters = must(malloc(2 * n + 3));
	/* "-": return arguments in their order as 1, whatever POSIXLY_CORRECT says */
	*p++ = '-';
	for (size_t i = 0; i < n; i++) {
		const struct cli_option *option = &cli->options[i];

		cli->getopt[i] = (struct option){
			option->name, option->argument ? required_argument : no_argument, NULL,
			option->letter
		};
		*p++ = option->letter;
		if (option->argument)
			*p++ = ':';
	}
	cli->getopt[n] = (struct option){ "help", no_argument, NULL, 'h' };
	*p++ = 'h';
	*p = '\0';
}

int cli_next(struct cli *cli, int argc, char **argv)
{
	int c;

	if (!cli->letters)
		prepare(cli, argc);
	for (;;) {
		c = getopt_long(argc, argv, cli->letters, cli->getopt, NULL);
		if (c == 'h')
			print_help(cli);
		if (c == '?')
			hint(cli->command);
		if (c != 1)
			break;
		cli->args[cli->nargs++] = optarg;
	}
	if (c == -1) {
		/* behind "--" */
		while (optind < argc)
			cli->args[cli->nargs++] = argv[optind++];
		free(cli->getopt);
		free(cli->letters);
		cli->letters = NULL;
	}
	return c;
}
