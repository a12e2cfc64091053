# setsid(2): a new session changes nothing about whose child one is, or who adopts
spawn parent
parent spawn child
child setsid
expect { child getppid } prints "2"
parent exit
expect { child getppid } prints "1"
expect { child getsid } prints "3"
