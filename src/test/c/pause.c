/* What keeps a pod's namespaces: does nothing, for ever. */
#include <signal.h>
#include <unistd.h>

int main(void)
{
	signal(SIGCHLD, SIG_IGN);
	for (;;)
		pause();
}
