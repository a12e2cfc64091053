#: # Threads
#:
#: "A container groups processes, while a class groups tasks" (Matt Helsley). All threads of a
#: process share its pid; each has a tid of its own.
#:
#: The database of the debate serves several classes from one process, by moving its threads
#: between them. "This is definitely something a strict container could not do."
spawn db
as db { spawn --thread reader; spawn --thread writer }
ps -e -L -o pid,tid,nlwp,comm
expect { as reader getpid } prints "2"
expect { as reader gettid } prints "3"
expect { as db gettid } prints "2"
expect { ls /proc/2/task } prints "4"

#: A container takes the process whole: every thread gets a number in it.
as reader { echo store > /proc/container }
expect { as db getpid } prints "1"
expect { as writer gettid } prints "3"
expect { as writer getpid } prints "1"

#: A thread's tid is no process: nothing can wait for it, but a signal to it reaches them all.
kill -TERM 4
expect { waitpid 2 } prints "2 killed TERM"

# Shows P12.
