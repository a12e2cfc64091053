# get_signal(): who was stopped in wait4 and dies as it goes on does not look for children again
spawn parent { spawn child; wait }
kill -STOP parent
kill -QUIT parent
kill -KILL 3
kill -CONT parent
expect { waitpid 2 } prints "2 killed QUIT"
expect { waitpid 3 } prints "3 killed KILL"
