# setsid(1), setsid(2): a child of a group's leader is no leader itself, so it can lead a session
expect { setsid } fails EPERM
expect { setsid --wait getsid } prints "2"
expect { getsid } prints "1"
