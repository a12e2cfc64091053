# PR_SET_PDEATHSIG(2const): cleared when ids change, and by an execve that gives capabilities
spawn w
w prctl pdeathsig USR1
w setuid 0
expect { w prctl pdeathsig } prints "USR1"
w setgid 5
expect { w prctl pdeathsig } prints "0"
w prctl pdeathsig USR1
w setfsuid 7
expect { w prctl pdeathsig } prints "0"
w prctl pdeathsig USR1
w unshare --user
expect { w prctl pdeathsig } prints "USR1"
