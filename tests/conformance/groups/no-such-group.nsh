# setpgid(2), errors: EPERM for a group that does not exist in the session
spawn child
expect { setpgid 2 99 } fails EPERM
expect { child setpgid 0 99 } fails EPERM
child setpgid 0 0
expect { child setpgid 0 99 } fails EPERM
