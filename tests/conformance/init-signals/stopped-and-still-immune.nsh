# pid_namespaces(7): a stop from an ancestor does not make init mortal by other signals
spawn --pid inner
kill -STOP inner
kill -TERM inner
expect { grep ShdPnd /proc/2/status } prints "0000000000000000"
kill -CONT inner
expect { grep State /proc/2/status } prints "S (sleeping)"
