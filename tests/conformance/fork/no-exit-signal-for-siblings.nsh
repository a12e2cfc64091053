# clone(2), clone3_args_valid(): EINVAL for an exit signal with CLONE_PARENT: it is the caller's own
spawn child
expect { child clone2 --name sibling --exit-signal USR1 PARENT } fails EINVAL
expect { child clone2 --name sibling PARENT } prints "3"
sibling exit 3
expect { waitpid 3 } prints "3 exited 3"
