# setpgid(2), errors: ESRCH for who is neither the caller nor a child of it
spawn parent
parent spawn child
expect { setpgid 3 0 } fails ESRCH
expect { parent setpgid 1 0 } fails ESRCH
expect { child setpgid 2 0 } fails ESRCH
expect { setpgid 99 0 } fails ESRCH
