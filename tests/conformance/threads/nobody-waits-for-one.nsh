# wait(2), clone(2) CLONE_THREAD: a thread is no child; wait for its tid is ECHILD
spawn db
db spawn --thread reader
expect { waitpid 3 } fails ECHILD
expect { waitpid --all 3 } fails ECHILD
expect { db waitpid } fails ECHILD
