# setpgid(2), errors: EPERM for a child in another session, or a group there
spawn away
away setsid
spawn home
expect { setpgid home away } fails EPERM
expect { home setpgid 0 2 } fails EPERM
away spawn member
expect { away setpgid 4 1 } fails EPERM
expect { away setpgid 4 0 }
