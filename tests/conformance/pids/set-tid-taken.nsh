# clone(2), errors: EEXIST where the number wanted is in use, be it by a zombie
spawn child
expect { spawn --set-tid 1 w } fails EEXIST
expect { spawn --set-tid 2 w } fails EEXIST
child exit 5
expect { spawn --set-tid 2 w } fails EEXIST
waitpid 2
spawn --set-tid 2 w
expect $! == 2
