// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <inttypes.h>
#include <ncurses.h>
#include <poll.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "alloc.h"
#include "screen.h"

#define KEY_ESCAPE 27
#define MAX_INPUT 60

/* What the user is asked for in the last line. */
enum prompt {
	PROMPT_NONE,
	PROMPT_FILTER,
	PROMPT_VM,
	PROMPT_INTERVAL,
};

static const char *const questions[] = {
	[PROMPT_FILTER] = "reasons that match (regular expression; empty: all): ",
	[PROMPT_VM] = "VM (PID, PID-FD or part of the name; empty: all): ",
	[PROMPT_INTERVAL] = "seconds between refreshes (0.1 to 3600): ",
};

static const char *const keys[] = {
	"b      rows are VMs, or reasons again",
	"v      rows are vCPUs, or reasons again",
	"o      sort by change, by total or, if times are on, by time",
	"f      show only the reasons that match a regular expression",
	"g, p   show only one VM, or the VMs with a name",
	"c      clear both filters",
	"r      count totals from now on",
	"s      set the interval",
	"space  pause, or continue",
	"up, down, page up, page down, home, end: scroll",
	"h      this help",
	"q      quit",
	"",
	"Exit times: echo 1 > /sys/module/kvm/parameters/exit_times",
	"kvm_stat's x is absent: no reason has child events.",
};

struct screen {
	struct watch *watch;
	struct watch_view view;
	regex_t filter;
	char *filter_text;	/* NULL if there is no filter */
	char *vm;
	double interval;
	bool paused;
	bool help;
	bool reset;		/* totals are counted since the user reset them */
	int above;		/* rows that were scrolled out of the table */
	int page;		/* rows that the terminal had room for */
	int hidden;		/* rows that it had no room for */
	enum prompt prompt;
	char input[MAX_INPUT + 1];
	char *message;		/* the last line, instead of the keys; or NULL */
	char *error;		/* why the last reading failed, or NULL */
};

static volatile sig_atomic_t signalled;

static void on_signal(int number)
{
	signalled = number;
}

/* Write the first characters of @text into the line @y, if the terminal has it. */
static void put_line(int y, const char *text, attr_t attributes)
{
	if (y < 0 || y >= LINES)
		return;
	attrset(attributes);
	/* A character in the last cell of the terminal could make it scroll. */
	mvaddnstr(y, 0, text, COLS - (y == LINES - 1));
	for (int x = strlen(text); attributes & A_REVERSE && x < COLS - (y == LINES - 1); x++)
		mvaddch(y, x, ' ');
	attrset(A_NORMAL);
}

/* Describe the view. The caller frees the result. */
static char *describe(const struct screen *screen)
{
	static const char *const rows[] = {
		[WATCH_REASON] = "reason", [WATCH_VM] = "VM", [WATCH_VCPU] = "vCPU",
	};
	static const char *const orders[] = {
		[WATCH_CHANGE] = "change", [WATCH_TOTAL] = "total", [WATCH_TIME] = "time",
	};

	return text("by %s, highest %s first, every %g s%s%s%s%s%s%s%s",
		    rows[screen->view.by], orders[screen->view.sort], screen->interval,
		    screen->paused ? ", PAUSED" : "",
		    screen->filter_text ? ", reasons: " : "",
		    screen->filter_text ? screen->filter_text : "",
		    screen->vm ? ", VM: " : "", screen->vm ? screen->vm : "",
		    screen->reset && screen->watch->base ? ", totals since the reset" : "",
		    screen->watch->now->times_on ? "" : ", times are off");
}

/* Hide the first @above rows, or as many as possible. */
static void scroll_to(struct screen *screen, int above)
{
	screen->above = above < 0 ? 0 : above > screen->hidden ? screen->hidden : above;
}

/*
 * Show the table between the first line and the last one: its head, the description of
 * the view, the head of the columns, the rows that fit, and the total.
 */
static void show_table(struct screen *screen)
{
	struct table *table = watch_table(screen->watch, &screen->view);
	char *content, *what = describe(screen), *line, *rest, *more;
	int room = LINES - 5, rows = table->nrows - 1, y = 0, below;
	size_t size;
	FILE *memory = must(open_memstream(&content, &size));

	table_write(table, TABLE_TEXT, memory);
	if (fclose(memory))
		err(1, "no memory");
	/* a line less if it says how many rows are not shown */
	screen->page = rows <= room ? rows : room > 1 ? room - 1 : 0;
	screen->hidden = rows - screen->page;
	scroll_to(screen, screen->above);
	below = screen->hidden - screen->above;
	rest = content;
	for (int i = 0; (line = strsep(&rest, "\n")) && rest; i++) {
		bool total = i == rows + 3;

		if (i == 1)
			line = what;
		if (i > 2 && !total && (i - 3 < screen->above || i - 3 >= screen->above + screen->page))
			continue;
		if (total && rows > room) {
			more = screen->above ? text("... %d above and %d below", screen->above, below) :
					       text("... and %d more", below);
			put_line(y++, more, A_NORMAL);
			free(more);
		}
		put_line(y++, line, i == 0 ? A_REVERSE : i == 2 || total ? A_BOLD : A_NORMAL);
	}
	free(content);
	free(what);
	table_free(table);
}

static void show(struct screen *screen)
{
	char *line = NULL;

	erase();
	if (screen->help) {
		for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
			put_line(i, keys[i], A_NORMAL);
		line = text("press a key to go back");
	} else if (screen->error) {
		put_line(0, "cannot read the counters", A_REVERSE);
		put_line(2, screen->error, A_BOLD);
	} else if (screen->watch->before) {
		show_table(screen);
	} else {
		put_line(0, "reading the counters", A_REVERSE);
	}
	if (screen->prompt)
		line = text("%s%s", questions[screen->prompt], screen->input);
	else if (!line && (screen->message || screen->watch->notice))
		line = text("%s", screen->message ? screen->message : screen->watch->notice);
	else if (!line)
		line = text("q quit  h help  b VMs  v vCPUs  o order  f filter  s interval  space pause");
	if (LINES > 1) {
		move(LINES - 1, 0);
		clrtoeol();
		put_line(LINES - 1, line, screen->prompt ? A_NORMAL : A_REVERSE);
	}
	if (screen->prompt)
		move(LINES - 1, (int)strlen(line) < COLS - 1 ? (int)strlen(line) : COLS - 1);
	else
		move(LINES - 1, 0);
	curs_set(screen->prompt ? 1 : 0);
	free(line);
	refresh();
}

static void say(struct screen *screen, char *message)
{
	free(screen->message);
	screen->message = message;
}

static void clear_filter(struct screen *screen)
{
	if (screen->filter_text)
		regfree(&screen->filter);
	free(screen->filter_text);
	screen->filter_text = NULL;
	screen->view.filter = NULL;
}

static void set_filter(struct screen *screen, const char *expression)
{
	char why[200];
	regex_t filter;
	int bad;

	if (!*expression) {
		clear_filter(screen);
		return;
	}
	bad = regcomp(&filter, expression, REG_EXTENDED | REG_NOSUB);
	if (bad) {
		regerror(bad, &filter, why, sizeof(why));
		say(screen, text("%s: %s", expression, why));
		return;
	}
	clear_filter(screen);
	screen->filter = filter;
	screen->filter_text = must(strdup(expression));
	screen->view.filter = &screen->filter;
}

static void set_vm(struct screen *screen, const char *vm)
{
	free(screen->vm);
	screen->vm = *vm ? must(strdup(vm)) : NULL;
	screen->view.vm = screen->vm;
}

/* Handle a key while the user is asked for something. Return true if the interval changed. */
static bool type(struct screen *screen, int key)
{
	enum prompt prompt = screen->prompt;
	size_t len = strlen(screen->input);

	if (key >= ' ' && key < 127 && len < MAX_INPUT) {
		screen->input[len] = key;
		screen->input[len + 1] = '\0';
	} else if ((key == KEY_BACKSPACE || key == 127 || key == '\b') && len) {
		screen->input[len - 1] = '\0';
	} else if (key == KEY_ESCAPE) {
		screen->prompt = PROMPT_NONE;
	} else if (key == '\n' || key == '\r' || key == KEY_ENTER) {
		screen->prompt = PROMPT_NONE;
		if (prompt == PROMPT_FILTER)
			set_filter(screen, screen->input);
		else if (prompt == PROMPT_VM)
			set_vm(screen, screen->input);
		else if (read_interval(screen->input, &screen->interval))
			return true;
		else
			say(screen, text("the interval must be 0.1 to 3600 seconds, not '%s'",
					 screen->input));
	}
	return false;
}

static void toggle_by(struct screen *screen, enum watch_by by)
{
	screen->view.by = screen->view.by == by ? WATCH_REASON : by;
}

static void next_order(struct screen *screen)
{
	screen->view.sort = (screen->view.sort + 1) % 3;
	if (screen->view.sort == WATCH_TIME && !screen->watch->now->times_on)
		screen->view.sort = WATCH_CHANGE;
}

static void ask(struct screen *screen, enum prompt prompt)
{
	screen->prompt = prompt;
	*screen->input = '\0';
}

/* Handle a key. Return false if it ends the program. */
static bool press(struct screen *screen, int key)
{
	say(screen, NULL);
	free(screen->watch->notice);
	screen->watch->notice = NULL;
	if (screen->help) {
		screen->help = false;
		return key != 'q';
	}
	switch (key) {
	case 'b':
		toggle_by(screen, WATCH_VM);
		break;
	case 'v':
		toggle_by(screen, WATCH_VCPU);
		break;
	case 'o':
		next_order(screen);
		break;
	case 'f':
		ask(screen, PROMPT_FILTER);
		break;
	case 'g':
	case 'p':
		ask(screen, PROMPT_VM);
		break;
	case 'c':
		clear_filter(screen);
		set_vm(screen, "");
		break;
	case 'r':
		watch_reset(screen->watch);
		screen->reset = true;
		break;
	case 's':
		ask(screen, PROMPT_INTERVAL);
		break;
	case ' ':
		screen->paused = !screen->paused;
		break;
	case KEY_UP:
		scroll_to(screen, screen->above - 1);
		break;
	case KEY_DOWN:
		scroll_to(screen, screen->above + 1);
		break;
	case KEY_PPAGE:
		scroll_to(screen, screen->above - screen->page);
		break;
	case KEY_NPAGE:
		scroll_to(screen, screen->above + screen->page);
		break;
	case KEY_HOME:
		scroll_to(screen, 0);
		break;
	case KEY_END:
		scroll_to(screen, screen->hidden);
		break;
	case 'h':
	case '?':
		screen->help = true;
		break;
	case 'q':
		return false;
	}
	return true;
}

static double seconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

/*
 * Read the counters, unless paused with a table to show. Return when to read them again.
 */
static double refresh_counters(struct screen *screen)
{
	double wait = screen->interval;

	if (screen->paused && screen->watch->before && !screen->error)
		return seconds_now() + wait;
	free(screen->error);
	screen->error = watch_read(screen->watch);
	/* The first rates come soon. */
	if (!screen->watch->before && wait > 0.25)
		wait = 0.25;
	return seconds_now() + wait;
}

/*
 * Wait for a key until @until, with the signals of @mask unblocked. Return false if the
 * terminal is gone.
 */
static bool wait_for_key(double until, const sigset_t *mask)
{
	struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };
	double left = until - seconds_now();
	struct timespec timeout = { 0 };

	if (left > 0) {
		timeout.tv_sec = left;
		timeout.tv_nsec = (left - timeout.tv_sec) * 1e9;
	}
	return ppoll(&input, 1, &timeout, mask) <= 0 || !(input.revents & (POLLHUP | POLLERR | POLLNVAL));
}

/* Handle keys and refresh until the user quits or a signal arrives. */
static void loop(struct screen *screen, const sigset_t *mask)
{
	double next = refresh_counters(screen);
	bool more = true;

	while (more && !signalled) {
		int key;

		show(screen);
		more = wait_for_key(next, mask);
		while (more && !signalled && (key = getch()) != ERR) {
			if (key == KEY_RESIZE)
				continue;
			if (!screen->prompt)
				more = press(screen, key);
			else if (type(screen, key))
				next = seconds_now() + screen->interval;
		}
		if (seconds_now() >= next)
			next = refresh_counters(screen);
	}
}

/* Start ncurses. Return NULL, or an error message to be freed. */
static char *start(SCREEN **terminal)
{
	const char *type = getenv("TERM");

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return text("top needs a terminal for its screen: use --batch to print tables");
	if (!type || !*type)
		return text("the type of the terminal is unknown: set TERM, or use --batch");
	/* initscr() would end the program. */
	*terminal = newterm(NULL, stdout, stdin);
	if (!*terminal)
		return text("the terminal type TERM=%s is unknown: set TERM to another, or use --batch",
			    type);
	if (!tigetstr("cup")) {
		endwin();
		delscreen(*terminal);
		return text("the terminal TERM=%s cannot move its cursor: set TERM to another, or use --batch",
			    type);
	}
	return NULL;
}

int screen_run(struct watch *watch, const struct watch_view *view, const char *filter,
	       double interval, char **error)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	struct screen screen = { .watch = watch, .view = *view, .interval = interval };
	struct sigaction action = { .sa_handler = on_signal };
	sigset_t block, before;
	SCREEN *terminal = NULL;

	*error = start(&terminal);
	if (*error)
		return 0;
	/* Signals arrive only while waiting, so none is missed. */
	sigemptyset(&block);
	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++) {
		sigaction(signals[i], &action, NULL);
		sigaddset(&block, signals[i]);
	}
	sigaddset(&block, SIGWINCH);
	sigprocmask(SIG_BLOCK, &block, &before);
	set_filter(&screen, filter ? filter : "");
	set_vm(&screen, view->vm ? view->vm : "");
	cbreak();
	noecho();
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	set_escdelay(25);

	loop(&screen, &before);

	/* The shell writes its prompt there. */
	move(LINES - 1, 0);
	clrtoeol();
	refresh();
	endwin();
	delscreen(terminal);
	sigprocmask(SIG_SETMASK, &before, NULL);
	clear_filter(&screen);
	set_vm(&screen, "");
	free(screen.message);
	free(screen.error);
	return signalled;
}
