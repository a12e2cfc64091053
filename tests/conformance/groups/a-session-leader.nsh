# setpgid(2), errors: EPERM for the leader of a session, oneself or a child
spawn child
child setsid
expect { child setpgid 0 0 } fails EPERM
expect { setpgid 0 0 } fails EPERM
expect { setpgid 2 0 } fails EPERM
