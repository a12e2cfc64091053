# wait(2), __WNOTHREAD: any thread may wait for a child, its own thread alone under that option
spawn db
db spawn --thread reader
reader spawn child
child exit 3
expect { child_of_db=$(db waitpid --nothread 4) } fails ECHILD
expect { db waitpid --keep 4 } prints "4 exited 3"
expect { reader waitpid --nothread 4 } prints "4 exited 3"
