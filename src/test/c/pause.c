/* A pod's sandbox process: keeps the namespaces open and does nothing. */
#include <signal.h>
#include <unistd.h>

int main(void)
{
	signal(SIGCHLD, SIG_IGN);
	for (;;)
		pause();
}
