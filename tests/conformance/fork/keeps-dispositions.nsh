# fork(2), signal(7): handlers and ignored signals are inherited; execve(2) alone would reset them
spawn parent
parent { trap USR1 { true }; trap USR2 ignore }
parent spawn child
expect { grep SigCgt /proc/3/status } prints "0000000000000200"
expect { grep SigIgn /proc/3/status } prints "0000000000000800"
