/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs a command with a terminal of a known width as stdout and copies what it prints, raw:
 *   ptyrun COLUMNS [--resize-on-file FILE COLUMNS] -- COMMAND ARG…
 * When FILE appears the terminal takes its second width, and FILE is removed once that is done.
 * stdin and stderr are inherited; SIGINT and SIGTERM are forwarded to the command; the exit code is
 * the command's, or 128 + its signal.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static pid_t child;

static void pass_on(int signal)
{
	kill(child, signal);
}

static void set_columns(int terminal, int columns)
{
	struct winsize size = { .ws_row = 24, .ws_col = columns };

	if (ioctl(terminal, TIOCSWINSZ, &size))
		err(1, "TIOCSWINSZ");
}

/* The terminal in raw mode: a newline stays one byte. */
static int open_terminal(int columns, int *near)
{
	int far;
	struct termios raw;

	if (openpty(near, &far, NULL, NULL, NULL))
		err(1, "openpty");
	tcgetattr(far, &raw);
	cfmakeraw(&raw);
	tcsetattr(far, TCSANOW, &raw);
	set_columns(*near, columns);
	return far;
}

/* Copies until the last process has closed the terminal. */
static void copy(int near, const char *resize_file, int resize_columns)
{
	char bytes[65536];
	struct pollfd readable = { .fd = near, .events = POLLIN };

	for (;;) {
		int ready = poll(&readable, 1, resize_file ? 10 : -1);
		ssize_t n;

		if (resize_file && access(resize_file, F_OK) == 0) {
			set_columns(near, resize_columns);
			unlink(resize_file);
			resize_file = NULL;
		}
		if (ready <= 0)
			continue;
		n = read(near, bytes, sizeof(bytes));
		if (n <= 0 && errno != EINTR)
			return; /* EIO: the last process has closed the terminal */
		for (ssize_t done = 0, w; done < n; done += w)
			if ((w = write(STDOUT_FILENO, bytes + done, n - done)) < 0)
				err(1, "write");
	}
}

int main(int argc, char **argv)
{
	int resize = argc > 5 && !strcmp(argv[2], "--resize-on-file");
	int command = resize ? 5 : 2, near, far, status;
	struct sigaction action = { .sa_handler = pass_on };

	if (argc < command + 2 || strcmp(argv[command], "--"))
		errx(2, "COLUMNS [--resize-on-file FILE COLUMNS] -- COMMAND ARG…");
	far = open_terminal(atoi(argv[1]), &near);
	child = fork();
	if (child == 0) {
		dup2(far, STDOUT_FILENO);
		close(far);
		close(near);
		execvp(argv[command + 1], argv + command + 1);
		err(127, "%s", argv[command + 1]);
	}
	close(far);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	copy(near, resize ? argv[3] : NULL, resize ? atoi(argv[4]) : 0);
	while (waitpid(child, &status, 0) < 0)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
