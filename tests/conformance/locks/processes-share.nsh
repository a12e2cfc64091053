# clone(2), CLONE_FILES: record locks are the descriptor table's, whichever process has asked
open -c /tmp/f
spawn web
web { open -m r /tmp/f; setlk write 3 0 1; clone2 --name child FILES }
child { setlk write 3 0 1; setlk write 3 5 1 }
expect { getlk write 3 0 1 } prints "write 0 1 pid 2"
expect { getlk write 3 5 1 } prints "write 5 1 pid 3"
web setlk write 3 6 1
expect { getlk write 3 5 1 } prints "write 5 2 pid 3"
child exec 4<&-
expect { getlk write 3 0 0 } prints "unlock"
child setlk write 3 0 1
kill -KILL child; web wait
expect { setlk read 3 0 1 } fails EAGAIN
web clone2 --name heir FILES
heir setlk write 3 9 1
heir { exec sleep infinity } &
web setlk unlock 3 0 1
expect { getlk write 3 0 0 } prints "write 9 1 pid 4"
expect { grep -c lock /proc/4/fdinfo/3 } prints "0"
kill -KILL heir; web wait
web { exec sleep infinity } &
expect { setlk read 3 9 1 } fails EAGAIN
kill -KILL web; wait
setlk read 3 9 1
