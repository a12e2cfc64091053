# setpgid(2), getpgid(2): a dead child has a group still, may be put into another and lead it
spawn dead
dead exit 5
expect $(getpgid 2) == 1
setpgid 2 0
expect $(getpgid 2) == 2
spawn living
setpgid living 2
expect $(getpgid living) == 2
expect { waitpid -2 } prints "2 exited 5"
expect { getpgid 2 } fails ESRCH
