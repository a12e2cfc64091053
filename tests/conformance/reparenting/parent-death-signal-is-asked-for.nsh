# forget_original_parent(): the signal is the dying parent's to send, who may not signal everybody
spawn parent
parent spawn other; other setresuid 1000 1000 1000; other prctl pdeathsig TERM
parent spawn cont; cont setresuid 1000 1000 1000; cont prctl pdeathsig CONT
parent spawn same; same setresuid 1001 1001 1001; same prctl pdeathsig TERM
kill -STOP cont
parent setresuid 1001 1001 1001
parent exit
expect { grep State /proc/3/status } prints "S (sleeping)"
expect { grep State /proc/4/status } prints "S (sleeping)"
expect { grep State /proc/5/status } prints "Z (zombie)"
spawn user; user prctl dumpable 1; user setresuid 1000 1000 1000
user spawn --user inside; inside prctl pdeathsig KILL; inside spawn more
more prctl pdeathsig HUP
user exit
expect { grep State /proc/7/status } prints "Z (zombie)"
expect { grep State /proc/8/status } prints "Z (zombie)"
