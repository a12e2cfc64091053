# clone(2), "the child termination signal": the parent is sent the one the child was cloned with
sigprocmask --block USR1 CHLD
clone2 --name child --exit-signal USR1
child exit 3
expect { sigpending } matches /^USR1$/
expect { waitpid 2 } fails ECHILD
expect { waitpid --all 2 } prints "2 exited 3"
