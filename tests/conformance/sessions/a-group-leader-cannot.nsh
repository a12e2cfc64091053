# setsid(2), errors: EPERM for the leader of a group
spawn child
child setpgid 0 0
expect { child setsid } fails EPERM
child setpgid 0 1
expect { child setsid }
expect { child setsid } fails EPERM
expect { setsid } fails EPERM
