# clone(2), errors: EINVAL for a number that is not positive or not below pid_max
echo 1000 > /proc/sys/kernel/pid_max
expect { clone2 --name w --set-tid 0 } fails EINVAL
expect { clone2 --name w --set-tid -1 } fails EINVAL
expect { clone2 --name w --set-tid 1000 } fails EINVAL
expect { clone2 --name w --set-tid 999 } prints "999"
