# unshare(1): with --fork the command is the first process of the new namespace
expect { unshare --pid --fork getpid } matches /^1$/
expect { unshare --pid --fork --mount-proc ps -e -o pid= } matches /^ *1$/
unshare --pid --fork exit 7 || status=$?
expect $status == 7
expect { getpid } matches /^1$/
