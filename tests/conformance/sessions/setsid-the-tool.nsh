# setsid(1): the tool forks if it has to, for the child of a group's leader can lead a session
expect { setsid --wait getsid } prints "2"
expect { getsid } prints "1"
spawn child
expect { child setsid getsid } prints "3"
