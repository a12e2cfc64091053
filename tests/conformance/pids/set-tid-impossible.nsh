# clone(2), errors: EINVAL for a number that is not positive or not below pid_max
# Since Linux 6.14 the limit is each pid namespace's own; before that it was the whole machine's.
echo 1000 > /proc/sys/kernel/pid_max
expect { clone2 --name w --set-tid 0 } fails EINVAL
expect { clone2 --name w --set-tid -1 } fails EINVAL
expect { clone2 --name w --set-tid 1000 } fails EINVAL
expect { clone2 --name w --set-tid 999 } prints "999"
